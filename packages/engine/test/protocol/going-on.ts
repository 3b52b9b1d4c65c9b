import { goOn, type Onward } from '../../src/commit/go-on.ts';
import { decideOutcome, decideReply, rulesOf } from './decisions.ts';
import { commit, taskName, withQueue } from './world-changes.ts';
import { startTask } from './world-shares.ts';
import {
  type Go,
  type Learnt,
  type Move,
  now,
  type Scenario,
  type WorkerState,
  type World,
} from './world.ts';

/** A worker that takes a step, and how. */
export interface Actor<State> {
  readonly worker: State;
  readonly index: number;
  readonly go: Go;
}

/** How a worker would go on from what it has learnt. */
function onwardFrom(world: World, scenario: Scenario, learnt: Learnt): Onward | undefined {
  const decision =
    learnt.at === 'has reply'
      ? decideReply(world, scenario, learnt)
      : decideOutcome(world, scenario, learnt);
  if (decision.kind !== 'commit') return undefined;
  return goOn(decision.transition, { now, random: 0, rules: rulesOf(scenario) });
}

/** Gives its share back, and gets one and the lock of the next task, before it commits. */
export function takeNext(
  world: World,
  scenario: Scenario,
  { worker, index, go }: Actor<Learnt>,
): Move[] {
  const onward = scenario.goesOn === true ? onwardFrom(world, scenario, worker) : undefined;
  if (onward === undefined) return [];
  const { task: next } = onward.wake;
  const { world: started, isStarted } = startTask(world, scenario, { leave: worker.task, next });
  return isStarted
    ? [
        go(
          'takes the next task',
          withQueue(started, { [taskName(next)]: { task: next, holder: index } }),
          {
            at: 'has taken the next',
            task: worker.task,
            next,
            learnt: worker,
          },
        ),
      ]
    : [go('may not take the next task', started, worker)];
}

/** Commits what makes the next step ready; or decides anew, and the task that it has taken runs as any other. */
export function goOnOrBack(
  world: World,
  scenario: Scenario,
  { worker, index, go }: Actor<Extract<WorkerState, { at: 'has taken the next' }>>,
): Move {
  const { task, next, learnt } = worker;
  const onward = onwardFrom(world, scenario, learnt);
  if (onward === undefined || taskName(onward.wake.task) !== taskName(next)) {
    const id = taskName(next);
    const isHeld = world.queue[id]?.holder === index;
    const given = isHeld ? withQueue(world, { [id]: { task: next, holder: null } }) : world;
    return go('finds another state', given, learnt);
  }
  const { transition, claim } = onward;
  const state: WorkerState =
    claim === undefined
      ? { at: 'holds', task: next }
      : next.kind === 'turn'
        ? { at: 'claimed turn', task: next, epoch: claim.epoch, turn: transition.after.turn }
        : { at: 'claimed call', task: next, epoch: claim.epoch };
  return go('commits and goes on', commit(world, transition), { at: 'goes on', task, next, state });
}
