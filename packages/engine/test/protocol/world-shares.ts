import type { JobTask } from '@pawl/contracts';
import { dispatch, enterPool, leavePool, type SharePool, tryPool } from '../../src/share/pool.ts';
import { addTask, taskName } from './world-changes.ts';
import type { Scenario, World } from './world.ts';

/** All tasks are one user's: the job's. */
const owner = { tenant: 'tenant', group: 'user', priority: 0 };

/** What a run of the script does: the tasks that get a share by it are still to be added to the queue. */
export interface Exchange {
  readonly world: World;
  readonly granted: readonly JobTask[];
}

/**
 * One run of the script: gives the share of a task back, then asks for shares. Where a scenario has no slots, there are
 * enough for everybody.
 */
export function exchange(
  world: World,
  { slots }: Scenario,
  { leave, enter }: { leave?: JobTask | undefined; enter: readonly JobTask[] },
): Exchange {
  if (slots === undefined) return { world, granted: enter };
  const granted: JobTask[] = [];
  let current = world;
  if (leave !== undefined) {
    const left = leavePool(poolOf(current, leave), taskName(leave));
    const { pool, granted: started } = dispatch(left, slots);
    current = withPool(current, leave, pool);
    granted.push(...started.map(taskOfName));
  }
  for (const task of enter) {
    const id = taskName(task);
    if (current.queue[id] !== undefined) continue;
    const entered = enterPool(poolOf(current, task), { id, ...owner }, slots);
    current = withPool(current, task, entered.pool);
    if (entered.outcome === 'granted') granted.push(task);
  }
  return { world: current, granted };
}

/** The script and the adding of what got a share, where nobody dies in between. */
export function wakeTasks(world: World, scenario: Scenario, tasks: readonly JobTask[]): World {
  const exchanged = exchange(world, scenario, { enter: tasks });
  return exchanged.granted.reduce(addTask, exchanged.world);
}

/** The script gives a share back, and then the next task a share and a lock, or refuses it. */
export function startTask(
  world: World,
  scenario: Scenario,
  { leave, next }: { readonly leave: JobTask; readonly next: JobTask },
): { readonly world: World; readonly isStarted: boolean } {
  const left = exchange(world, scenario, { leave, enter: [] });
  const current = left.granted.reduce(addTask, left.world);
  const id = taskName(next);
  const pool = poolOf(current, next);
  const isKnown = pool.held[id] !== undefined || pool.parked.some((parked) => parked.id === id);
  if (current.queue[id] !== undefined || isKnown) return { world: current, isStarted: false };
  if (scenario.slots === undefined) return { world: current, isStarted: true };
  const { pool: after, taken } = tryPool(pool, { id, ...owner }, scenario.slots);
  return { world: taken ? withPool(current, next, after) : current, isStarted: taken };
}

export function holdsShare(world: World, task: JobTask): boolean {
  return poolOf(world, task).held[taskName(task)] !== undefined;
}

/** Tasks with a share that the queue does not have: whoever was to add them died. */
export function orphans(world: World): JobTask[] {
  return Object.values(world.shares).flatMap(({ held }) =>
    Object.keys(held)
      .filter((id) => world.queue[id] === undefined)
      .map(taskOfName),
  );
}

/** A task that is not wanted any more leaves the parked. */
export function dropParked(world: World, tasks: readonly JobTask[]): World {
  return tasks.reduce((current, task) => {
    const id = taskName(task);
    const pool = poolOf(current, task);
    const isParked = pool.parked.some((parked) => parked.id === id);
    return isParked ? withPool(current, task, leavePool(pool, id)) : current;
  }, world);
}

function poolOf({ shares }: World, { kind }: JobTask): SharePool {
  return shares[kind];
}

/** How far somebody was served, and how many have come, would tell worlds apart that are the same. */
function withPool(world: World, { kind }: JobTask, { held, parked }: SharePool): World {
  const ordered = parked
    .toSorted((one, other) => one.arrival - other.arrival)
    .map((task, place) => ({ ...task, arrival: place + 1 }));
  const sorted = Object.fromEntries(
    Object.entries(held).toSorted(([one], [other]) => one.localeCompare(other)),
  );
  const pool = {
    held: sorted,
    parked: ordered,
    served: {},
    standing: {},
    arrivals: ordered.length,
  };
  return { ...world, shares: { ...world.shares, [kind]: pool } };
}

function taskOfName(name: string): JobTask {
  const turn = /^turn since (\d+)$/.exec(name);
  if (turn !== null) return { kind: 'turn', job: 'job', since: Number(turn[1]) };
  const [, number, index, since] = /^call (\d+)\.(\d+) since (\d+)$/.exec(name) ?? [];
  if (since === undefined) throw new Error(`no task is called "${name}"`);
  return {
    kind: 'tool_call',
    job: 'job',
    turn: Number(number),
    index: Number(index),
    since: Number(since),
  };
}
