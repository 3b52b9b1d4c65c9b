import { createHash } from 'node:crypto';
import { ScheduleTask, type Task, ToolCallTask, TurnTask, WebhookTask } from '@pawl/contracts';
import type { Wake } from '@pawl/engine';
import { z } from 'zod';

/**
 * Every kind of task: the queue that it stands on, its payload, and how often BullMQ runs it again when its handler
 * throws. A handler throws for what it can't record in the job's state (Redis away, a defect), so this is not the
 * retry rule of model and tool calls, which is the engine's and stored with the job.
 */
export const catalogue = {
  turn: { queue: 'turns', payload: TurnTask, attempts: 5 },
  tool_call: { queue: 'tool-calls', payload: ToolCallTask, attempts: 5 },
  webhook: { queue: 'webhooks', payload: WebhookTask, attempts: 5 },
  schedule: { queue: 'schedules', payload: ScheduleTask, attempts: 5 },
} as const;

export type TaskKind = keyof typeof catalogue;

export type TaskOf<Kind extends TaskKind> = Extract<Task, { kind: Kind }>;

export const taskKinds = Object.keys(catalogue) as TaskKind[];

/** Milliseconds; doubles with every failure, with half of it jittered. */
export const backOff = { type: 'exponential', delay: 500, jitter: 0.5 } as const;

/**
 * What BullMQ is told of each task of a kind. What has a share goes to the head of BullMQ's list, which is never longer than
 * there are slots. What waits for its time has none, and asks for one then.
 */
export function taskOptions(kind: TaskKind, delay = 0) {
  return {
    attempts: catalogue[kind].attempts,
    backoff: backOff,
    removeOnComplete: true,
    removeOnFail: true,
    ...(delay > 0 ? { delay } : { lifo: true }),
  };
}

/**
 * Job, step and the commit that made the step runnable (invariant 2): waking the same step twice is one task, and a
 * step that runs again is another.
 */
export function taskId(task: Task): string {
  switch (task.kind) {
    case 'turn':
      return `${task.job}.turn.${task.since}`;
    case 'tool_call':
      return `${task.job}.call.${task.turn}.${task.index}.${task.since}`;
    case 'webhook':
      return `${task.delivery}.${task.since}`;
    case 'schedule':
      return `${task.schedule}.${task.since ?? 0}`;
  }
}

/** The id of what a task is about: its shard is the task's. */
export function subjectOf(task: Task): string {
  switch (task.kind) {
    case 'turn':
    case 'tool_call':
      return task.job;
    case 'webhook':
      return task.delivery;
    case 'schedule':
      return task.schedule;
  }
}

const Ownership = z.object({
  tenant: z.string(),
  group: z.string(),
  priority: z.int(),
  hasBegun: z.boolean().optional(),
});

/** Whose share a task takes when its time comes, kept with it. */
export type Ownership = z.infer<typeof Ownership>;

export interface TaskData<Kind extends TaskKind> {
  readonly task: TaskOf<Kind>;
  /** Absent in tasks of the clock, and in those of versions that knew no shares: these take none. */
  readonly ownership: Ownership | undefined;
}

/** Names that people chose are hashed: a user's may hold anything, and may be private. */
export function ownershipOf({ owner, priority, hasBegun }: Wake): Ownership {
  const { tenant, group } = owner;
  const begun = hasBegun === undefined ? {} : { hasBegun };
  return { tenant, group: digestOf(group), priority, ...begun };
}

/** The same few groups come again and again. */
const knownDigests = new Map<string, string>();
const mostKnown = 2_000;

function digestOf(group: string): string {
  const known = knownDigests.get(group);
  if (known !== undefined) return known;
  const digest = createHash('sha256').update(group).digest('base64url').slice(0, 22);
  if (knownDigests.size >= mostKnown) knownDigests.clear();
  knownDigests.set(group, digest);
  return digest;
}

/** Made once: zod compiles a schema when it is first used. */
const OwnedTask = z.looseObject({ ownership: Ownership.optional() });

/** Throws a ZodError for what is no task of this kind. */
export function parseTaskData<Kind extends TaskKind>(kind: Kind, data: unknown): TaskData<Kind> {
  const { ownership, ...task } = OwnedTask.parse(data);
  return { task: catalogue[kind].payload.parse(task) as TaskOf<Kind>, ownership };
}
