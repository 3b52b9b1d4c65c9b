import type { CallRecord, JobState, JobTask, StepRecord } from '@pawl/contracts';
import type { Transition } from '../../src/commit/next-state.ts';
import { leaveConversation } from '../../src/conversation/conversation.ts';
import type { Conversation } from '../../src/domain/conversation.ts';
import { epochOf, now, type WorkerState, type World } from './world.ts';

export function commit(world: World, transition: Transition): World {
  if (transition.before.sequence !== world.job.sequence)
    throw new Error('a decision on an old state');
  const steps = withSteps(world, transition.steps);
  const conversation =
    transition.after.phase.name === 'ended'
      ? asNew(leaveConversation(world.conversation, { ended: transition.after }, { now }))
      : world.conversation;
  return { ...world, job: withoutDead(world, transition.after), steps, conversation };
}

/** Time does not pass here: what a dead worker had in flight in an earlier turn has timed out by the next commit. */
function withoutDead({ workers }: World, job: JobState): JobState {
  const alive = new Set(workers.map(epochOf));
  const claims = job.claims.filter(({ turn, epoch }) => turn === job.turn || alive.has(epoch));
  return claims.length === job.claims.length ? job : { ...job, claims };
}

export function withSteps(world: World, steps: readonly StepRecord[]): World['steps'] {
  return { ...world.steps, ...Object.fromEntries(steps.map((step) => [stepName(step), step])) };
}

/** Revisions fence what is one step here, and would tell worlds apart that are the same. */
export function asNew(conversation: Conversation): Conversation {
  return { ...conversation, revision: 0 };
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

function stepName(step: StepRecord): string {
  if (step.kind === 'turn') return `turn ${step.turn}`;
  const name = `${step.kind} ${step.turn}.${step.index}`;
  return 'epoch' in step ? `${name}.${step.epoch}` : name;
}

/** A call as it stands in the job's steps. */
export function callRecordOf(
  { steps }: World,
  { turn, index }: { readonly turn: number; readonly index: number },
): CallRecord | undefined {
  const record = steps[`call ${turn}.${index}`];
  return record?.kind === 'call' ? record : undefined;
}
