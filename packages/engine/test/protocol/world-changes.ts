import type { JobTask, StepRecord } from '@pawl/contracts';
import type { Change } from '../../src/decisions/change.ts';
import { newWakes } from '../../src/decisions/wakes.ts';
import type { WorkerState, World } from './world.ts';

export function commit(world: World, change: Change): World {
  if (change.before.sequence !== world.job.sequence) throw new Error('a decision on an old state');
  const written = Object.fromEntries(change.steps.map((step) => [stepName(step), step]));
  return { ...world, job: change.after, steps: { ...world.steps, ...written } };
}

export function wakeAll(world: World, change: Change): World {
  return newWakes(change.before, change.after)
    .map((wake) => wake.task)
    .reduce(addTask, world);
}

/** An id that stands in the queue already is swallowed. */
export function addTask(world: World, task: JobTask): World {
  const id = taskName(task);
  return world.queue[id] === undefined ? withQueue(world, { [id]: { task, holder: null } }) : world;
}

export function withQueue(world: World, entries: World['queue']): World {
  return { ...world, queue: { ...world.queue, ...entries } };
}

/** BullMQ removes a finished task, unless its lock was lost: then somebody else has it. */
export function complete(world: World, worker: number, task: JobTask): World {
  const id = taskName(task);
  if (world.queue[id]?.holder !== worker) return world;
  const { [id]: _, ...queue } = world.queue;
  return { ...world, queue };
}

export function withWorker(world: World, index: number, state: WorkerState): World {
  return {
    ...world,
    workers: world.workers.map((worker, position) => (position === index ? state : worker)),
  };
}

export function taskName(task: JobTask): string {
  return task.kind === 'turn'
    ? `turn since ${task.since}`
    : `call ${task.turn}.${task.index} since ${task.since}`;
}

export function stepName(step: StepRecord): string {
  return step.kind === 'turn' ? `turn ${step.turn}` : `${step.kind} ${step.turn}.${step.index}`;
}
