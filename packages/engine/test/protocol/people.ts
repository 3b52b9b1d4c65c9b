import { cancel, expire } from '../../src/decisions/cancel.ts';
import { reenterConversation } from '../../src/decisions/conversation.ts';
import { reopen } from '../../src/decisions/reopen.ts';
import { resolveOutcome } from '../../src/decisions/resolve-outcome.ts';
import { defaultRules } from '../../src/rules.ts';
import { asNew, commit, wakeAll } from './world-changes.ts';
import { now, type Transition, type World } from './world.ts';

/** What happens from outside: a cancel, a decision, the deadline, a retry. */
export function people(world: World): Transition[] {
  const { job } = world;
  const cancelled = cancel(job, 'api', now);
  const cancels =
    world.cancelsLeft > 0 && cancelled.kind === 'commit'
      ? [
          {
            name: 'somebody cancels',
            world: { ...commit(world, cancelled.change), cancelsLeft: world.cancelsLeft - 1 },
          },
        ]
      : [];
  const calls = job.phase.name === 'calls' ? job.phase.calls : [];
  const decides = calls.flatMap(({ step }, index) =>
    step.status === 'unknown' && world.decisionsLeft > 0
      ? (['respond', 'reject', 'approve'] as const).flatMap((decision) => {
          const resolved = resolveOutcome(
            job,
            { turn: job.turn, index, epoch: step.epoch },
            decisionBody(decision),
            now,
          );
          return resolved.kind === 'commit'
            ? [
                {
                  name: `a person decides: ${decision}`,
                  world: wakeAll(
                    { ...commit(world, resolved.change), decisionsLeft: world.decisionsLeft - 1 },
                    resolved.change,
                  ),
                },
              ]
            : [];
        })
      : [],
  );
  return [...cancels, ...decides, ...deadlines(world)];
}

/** The deadline passes, and a person retries what had ended. */
function deadlines(world: World): Transition[] {
  const expired = expire(world.job, world.job.expiresAt);
  const late = Object.values(world.steps).filter((step) => step.kind === 'late_outcome');
  const opened = reopen(world.job, { late }, now);
  const place = reenterConversation(world.conversation, world.job, {
    lastStarted: world.job.id,
    rules: defaultRules,
  });
  return [
    ...(expired.kind === 'commit' && world.expiriesLeft > 0
      ? [
          {
            name: 'the deadline passes',
            world: { ...commit(world, expired.change), expiriesLeft: world.expiriesLeft - 1 },
          },
        ]
      : []),
    ...(opened.kind === 'commit' && 'conversation' in place && world.retriesLeft > 0
      ? [
          {
            name: 'somebody retries the job',
            world: wakeAll(
              {
                ...commit(world, opened.change),
                conversation: asNew(place.conversation),
                retriesLeft: world.retriesLeft - 1,
              },
              opened.change,
            ),
          },
        ]
      : []),
  ];
}

function decisionBody(decision: 'respond' | 'reject' | 'approve') {
  if (decision === 'respond') return { decision, output: 'it worked' } as const;
  return decision === 'reject'
    ? ({ decision, message: 'it failed' } as const)
    : ({ decision } as const);
}
