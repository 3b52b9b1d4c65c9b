import type { JobTask } from '@pawl/contracts';
import type { Transition } from '../../src/commit/next-state.ts';
import { inFlightClaimName, releaseClaims } from '../../src/conversation/conversation.ts';
import type { LateWrite } from '../../src/domain/commit.ts';
import type { ToolOutcome } from '../../src/domain/tool.ts';
import { newWakes } from '../../src/job/wakes.ts';
import { needsPlace, parkTurn, unparkTurn } from '../../src/tenant/places.ts';
import { hashOfCall } from '../../src/tool-call/approval.ts';
import { claimCall } from '../../src/tool-call/claim.ts';
import { recordLookup } from '../../src/tool-call/lookup.ts';
import { claimTurn, stopTurn } from '../../src/turn/claim.ts';
import { pauseTurn } from '../../src/turn/provider-pause.ts';
import { accidents } from './accidents.ts';
import { isLookedUp, look, timeOfLook } from './lookups.ts';
import { decideOutcome, decideReply, rulesOf } from './decisions.ts';
import { type Actor, goOnOrBack, takeNext } from './going-on.ts';
import { people } from './people.ts';
import { sweep } from './sweeper.ts';
import {
  addTask,
  asNew,
  commit,
  complete,
  taskName,
  withQueue,
  withSteps,
  withWorker,
  callRecordOf,
} from './world-changes.ts';
import { exchange, holdsShare, wakeTasks } from './world-shares.ts';
import {
  type Go,
  type Learnt,
  type Mishap,
  now,
  type Scenario,
  type Move,
  type WorkerState,
  type World,
} from './world.ts';

const failure = { code: 'mishap', message: 'It went wrong.', retryable: true };

const outcomes: Record<Mishap, ToolOutcome> = {
  lost: { kind: 'unknown', failure },
  failed: { kind: 'failed', failure },
  not_executed: { kind: 'not_executed', failure },
  fatal: { kind: 'fatal', failure },
  // The time stands still: the wait for the result is over at once, unless it is told before.
  accepted: { kind: 'accepted', within: 0 },
};

/**
 * Every step that the world can take. A read, its decision and its commit are one step: a commit that lost its race
 * changes nothing and decides anew, so what happens between a read and its commit can't be told from what happens
 * before the read. What lies between two commits is a step of its own, and a worker can die after each.
 */
export function transitions(world: World, scenario: Scenario): Move[] {
  return [
    ...world.workers.flatMap((worker, index) => [
      ...steps(world, scenario, worker, index),
      ...accidents(world, scenario, worker, index),
    ]),
    ...sweep(world, scenario),
    ...freePlace(world, scenario),
    ...people(world, scenario),
  ];
}

function steps(world: World, scenario: Scenario, worker: WorkerState, index: number): Move[] {
  const go = (name: string, next: World, state: WorkerState): Move => ({
    name: `worker ${index} ${name}`,
    world: withWorker(next, index, state),
  });
  switch (worker.at) {
    case 'idle':
      return Object.entries(world.queue).flatMap(([id, { task, holder }]) =>
        holder === null
          ? [
              go(`takes ${id}`, withQueue(world, { [id]: { task, holder: index } }), {
                at: 'holds',
                task,
              }),
            ]
          : [],
      );
    case 'holds':
      return [
        holds(world, scenario, worker.task, go),
        ...(mayRun(world, scenario, worker.task) ? park(world, scenario, worker.task, go) : []),
      ];
    case 'claimed turn': {
      const asked = { ...world.asked };
      asked[worker.turn] = (asked[worker.turn] ?? 0) + 1;
      return [
        go('asks the model', { ...world, asked }, { ...worker, at: 'has reply' }),
        ...refusals(world, scenario, worker, go),
      ];
    }
    case 'has reply':
      return [
        commitOrLeave(world, worker, decideReply(world, scenario, worker), go, 'commits the reply'),
        ...takeNext(world, scenario, { worker, index, go }),
      ];
    case 'claimed call': {
      if (worker.task.kind !== 'tool_call') return [];
      const key = `${worker.task.turn}.${worker.task.index}`;
      const happened = { ...world.effects, [key]: (world.effects[key] ?? 0) + 1 };
      const succeeded = { kind: 'succeeded', output: 'ok' } as const;
      return [
        go(
          'makes the call',
          { ...world, effects: happened },
          {
            ...worker,
            at: 'has outcome',
            outcome: succeeded,
          },
        ),
        ...scenario.mishaps
          .filter(() => world.crashesLeft > 0)
          .map((mishap) =>
            go(
              `makes the call: ${mishap}`,
              {
                ...world,
                ...(mishap === 'lost' || mishap === 'accepted' ? { effects: happened } : {}),
                crashesLeft: world.crashesLeft - 1,
              },
              { ...worker, at: 'has outcome', outcome: outcomes[mishap] },
            ),
          ),
      ];
    }
    case 'has outcome': {
      const decision = decideOutcome(world, scenario, worker);
      if (decision.kind === 'late')
        return [reportLate(world, decision.late, { worker, index, go })];
      return [
        commitOrLeave(world, worker, decision, go, 'commits the outcome'),
        ...takeNext(world, scenario, { worker, index, go }),
      ];
    }
    case 'has taken the next':
      return [goOnOrBack(world, scenario, { worker, index, go })];
    case 'goes on':
      return [go('ends the task before', complete(world, index, worker.task), worker.state)];
    case 'looks':
      return look(world, scenario, worker, go);
    case 'has seen': {
      if (worker.task.kind !== 'tool_call') return [];
      const { turn, index: place, since } = worker.task;
      const decision = recordLookup(
        world.job,
        { turn, index: place, since, verdict: worker.verdict },
        { rules: rulesOf(scenario), now, random: 0 },
      );
      return [commitOrLeave(world, worker, decision, go, 'commits what it has seen')];
    }
    case 'wakes': {
      const woken = exchange(world, scenario, { leave: worker.task, enter: worker.wakes });
      return [go('wakes', woken.world, { at: 'adds', task: worker.task, granted: woken.granted })];
    }
    case 'adds': {
      const added = worker.granted.reduce(addTask, world);
      return [go('adds', complete(added, index, worker.task), { at: 'idle' })];
    }
  }
}

function reportLate(
  world: World,
  { outcome, claim }: LateWrite,
  { worker, index, go }: Actor<Learnt>,
): Move {
  const name = claim && inFlightClaimName('job', claim);
  const isHeld = name !== undefined && world.conversation.holds[name] !== undefined;
  const conversation = isHeld
    ? asNew(releaseClaims(world.conversation, (held) => held === name))
    : world.conversation;
  const told = { ...world, steps: withSteps(world, outcome ? [outcome] : []), conversation };
  return go('reports too late', complete(told, index, worker.task), { at: 'idle' });
}

function mayRun(world: World, { slots }: Scenario, task: JobTask): boolean {
  return slots === undefined || holdsShare(world, task);
}

/** A task that has lost its share, since its first worker died after giving it back, asks for one, or waits for it. */
function holds(world: World, scenario: Scenario, task: JobTask, go: Go): Move {
  if (mayRun(world, scenario, task)) return claim(world, scenario, task, go);
  const id = taskName(task);
  const { [id]: _, ...queue } = world.queue;
  const asked = exchange({ ...world, queue }, scenario, { enter: [task] });
  const isTaken = asked.granted.length > 0;
  return isTaken
    ? go('asks for a share', { ...asked.world, queue: world.queue }, { at: 'holds', task })
    : go('is refused a share', { ...world, queue }, { at: 'wakes', task, wakes: [task] });
}

function claim(world: World, scenario: Scenario, task: JobTask, go: Go): Move {
  const rules = rulesOf(scenario);
  if (task.kind === 'turn') {
    const decision = claimTurn(world.job, task, { now, rules });
    if (decision.kind === 'claimed') {
      const { epoch } = decision;
      return go('claims the turn', commitClaim(world, decision.transition), {
        at: 'claimed turn',
        task,
        epoch,
        turn: world.job.turn,
      });
    }
    return commitOrLeave(world, { task }, decision, go, 'finds the turn');
  }
  const { tool = '', arguments: input = {} } = callRecordOf(world, task) ?? {};
  const hash = hashOfCall(tool, input);
  const time = isLookedUp(world, task) ? timeOfLook(world, task) : now;
  const decision = claimCall(world.job, { ...task, hash }, { now: time, rules });
  if (decision.kind === 'looking') {
    return go('counts a look', commitClaim(world, decision.transition), { at: 'looks', task });
  }
  if (decision.kind === 'claimed') {
    return go('claims the call', commitClaim(world, decision.transition), {
      at: 'claimed call',
      task,
      epoch: decision.epoch,
    });
  }
  return commitOrLeave(world, { task }, decision, go, 'finds the call');
}

/** A commit that wakes a task ends the one that it is made by: whoever claims works on under its task. */
function commitClaim(world: World, transition: Transition): World {
  const wakes = newWakes(transition.before, transition.after);
  if (wakes.length > 0) throw new Error('a claim ends its own task');
  return commit(world, transition);
}

function commitOrLeave(
  world: World,
  { task }: { readonly task: JobTask },
  decision: { readonly kind: string; readonly transition?: Transition },
  go: Go,
  name: string,
): Move {
  return decision.transition === undefined
    ? go(`${name}: ${decision.kind}`, world, { at: 'wakes', task, wakes: [] })
    : go(name, commit(world, decision.transition), {
        at: 'wakes',
        task,
        wakes: newWakes(decision.transition.before, decision.transition.after).map(
          (wake) => wake.task,
        ),
      });
}

/** The claimed turn may not ask the model. */
function refusals(
  world: World,
  scenario: Scenario,
  worker: Extract<WorkerState, { at: 'claimed turn' }>,
  go: Go,
): Move[] {
  if (world.refusalsLeft === 0) return [];
  const { job } = world;
  const { epoch } = worker;
  const refused = { ...world, refusalsLeft: world.refusalsLeft - 1 };
  const moment = { now, random: 0, rules: rulesOf(scenario) };
  const paused = pauseTurn(job, { epoch, until: now, nextModel: undefined }, moment);
  return [
    commitOrLeave(refused, worker, paused, go, 'finds the provider paused'),
    commitOrLeave(refused, worker, stopTurn(job, { epoch }, { now }), go, 'finds a budget used up'),
  ];
}

/** There is no place for the job among those in progress. */
function park(world: World, scenario: Scenario, task: JobTask, go: Go): Move[] {
  const { job, refusalsLeft } = world;
  const rules = rulesOf(scenario);
  if (refusalsLeft === 0 || task.kind !== 'turn' || !needsPlace(job)) return [];
  if (claimTurn(job, task, { now, rules }).kind !== 'claimed') return [];
  const refused = { ...world, refusalsLeft: refusalsLeft - 1 };
  const decision = { kind: 'commit', transition: parkTurn(job, { scope: 'user' }, { now, rules }) };
  return [commitOrLeave(refused, { task }, decision, go, 'finds no place')];
}

/** Another job has ended: its process lets this one try, or dies before. */
function freePlace(world: World, scenario: Scenario): Move[] {
  const transition = unparkTurn(world.job, { now });
  if (transition === undefined) return [];
  const tasks = newWakes(transition.before, transition.after).map(({ task }) => task);
  return [
    { name: 'a place is free', world: wakeTasks(commit(world, transition), scenario, tasks) },
  ];
}
