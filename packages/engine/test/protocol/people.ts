import type { ApprovalDecision } from '@pawl/contracts';
import type { Transition } from '../../src/commit/next-state.ts';
import { reenterConversation } from '../../src/conversation/conversation.ts';
import { defaultRules } from '../../src/domain/rules.ts';
import { asksPerson } from '../../src/job/status.ts';
import { cancel, expire, reopen } from '../../src/job/transitions.ts';
import { needlessTasks, newWakes } from '../../src/job/wakes.ts';
import { finishCall } from '../../src/tool-call/finish.ts';
import { decideCall } from '../../src/tool-call/approval.ts';
import { asNew, callRecordOf, commit, withSteps } from './world-changes.ts';
import { dropParked, wakeTasks } from './world-shares.ts';
import { now, type Scenario, type Move, type World } from './world.ts';

/** What happens from outside: a cancel, a decision, the deadline, a retry. */
export function people(world: World, scenario: Scenario): Move[] {
  const { job } = world;
  const cancelled = cancel(job, { by: 'api' }, { now });
  const cancels: Move[] = [];
  if (world.cancelsLeft > 0 && cancelled.kind === 'commit') {
    const { transition } = cancelled;
    const ended = { ...commit(world, transition), cancelsLeft: world.cancelsLeft - 1 };
    cancels.push(
      { name: 'somebody cancels, and its process dies', world: ended },
      {
        name: 'somebody cancels',
        world: dropParked(ended, needlessTasks(transition.before, transition.after)),
      },
    );
  }
  const calls = job.phase.name === 'calls' ? job.phase.calls : [];
  const decides = calls.flatMap(({ step }, index) =>
    asksPerson(step) && world.decisionsLeft > 0
      ? (['respond', 'reject', 'approve', 'edit'] as const).flatMap((decision) => {
          const record = callRecordOf(world, { turn: job.turn, index });
          if (record === undefined) return [];
          const resolved = decideCall(
            job,
            { turn: job.turn, index, epoch: step.epoch, decision: decisionBody(decision), record },
            { now },
          );
          return resolved.kind === 'commit'
            ? [
                {
                  name: `a person decides: ${decision}`,
                  world: wakeTasks(
                    {
                      ...commit(world, resolved.transition),
                      decisionsLeft: world.decisionsLeft - 1,
                    },
                    scenario,
                    tasksOf(resolved.transition),
                  ),
                },
              ]
            : [];
        })
      : [],
  );
  return [...cancels, ...decides, ...results(world, scenario), ...deadlines(world, scenario)];
}

/** A tool tells what came of a call that it has done, in time or late. */
function results(world: World, scenario: Scenario): Move[] {
  if (world.resultsLeft === 0) return [];
  const told = { ...world, resultsLeft: world.resultsLeft - 1 };
  return Object.keys(world.effects).flatMap((key) => {
    const [turn = 0, index = 0] = key.split('.').map(Number);
    const decision = finishCall(world.job, { turn, index, answer: { output: 'ok' } }, { now });
    switch (decision.kind) {
      case 'nothing':
        return [];
      case 'job_ended':
        return [
          {
            name: `a tool tells the result of ${key} too late`,
            world: { ...told, steps: withSteps(told, [decision.outcome]) },
          },
        ];
      case 'commit':
        return [
          {
            name: `a tool tells the result of ${key}`,
            world: wakeTasks(
              commit(told, decision.transition),
              scenario,
              tasksOf(decision.transition),
            ),
          },
        ];
    }
  });
}

/** The deadline passes, and a person retries what had ended. */
function deadlines(world: World, scenario: Scenario): Move[] {
  const expired = expire(world.job, { now: world.job.expiresAt });
  const late = Object.values(world.steps).filter((step) => step.kind === 'late_outcome');
  const opened = reopen(world.job, { late }, { now });
  const place = reenterConversation(
    world.conversation,
    { job: world.job, lastStarted: world.job.id },
    { rules: defaultRules },
  );
  return [
    ...(expired.kind === 'commit' && world.expiriesLeft > 0
      ? [
          {
            name: 'the deadline passes',
            world: { ...commit(world, expired.transition), expiriesLeft: world.expiriesLeft - 1 },
          },
        ]
      : []),
    ...(opened.kind === 'commit' && 'conversation' in place && world.retriesLeft > 0
      ? [
          {
            name: 'somebody retries the job',
            world: wakeTasks(
              {
                ...commit(world, opened.transition),
                conversation: asNew(place.conversation),
                retriesLeft: world.retriesLeft - 1,
              },
              scenario,
              tasksOf(opened.transition),
            ),
          },
        ]
      : []),
  ];
}

function tasksOf({ before, after }: Transition) {
  return newWakes(before, after).map(({ task }) => task);
}

function decisionBody(decision: ApprovalDecision['decision']): ApprovalDecision {
  if (decision === 'respond') return { decision, output: 'it worked' } as const;
  if (decision === 'edit') return { decision, input: { changed: true } };
  return decision === 'reject'
    ? ({ decision, message: 'it failed' } as const)
    : ({ decision } as const);
}
