import { createHash } from 'node:crypto';
import type { Wake } from '@pawl/engine';
import { z } from 'zod';
import { catalogue, type TaskKind, type TaskOf } from './catalogue.ts';

const Ownership = z.object({ tenant: z.string(), group: z.string(), priority: z.int() });

/** Whose share a task takes when its time comes, kept with it. */
export type Ownership = z.infer<typeof Ownership>;

export interface TaskData<Kind extends TaskKind> {
  readonly task: TaskOf<Kind>;
  /** Absent in tasks of the clock, and in those of versions that knew no shares: these take none. */
  readonly ownership: Ownership | undefined;
}

/** Names that people chose are hashed: a user's may hold anything, and may be private. */
export function ownershipOf({ owner: { tenant, group }, priority }: Wake): Ownership {
  const digest = createHash('sha256').update(group).digest('base64url').slice(0, 22);
  return { tenant, group: digest, priority };
}

/** Throws a ZodError for what is no task of this kind. */
export function parseTaskData<Kind extends TaskKind>(kind: Kind, data: unknown): TaskData<Kind> {
  const { ownership, ...task } = z.looseObject({ ownership: Ownership.optional() }).parse(data);
  return { task: catalogue[kind].payload.parse(task) as TaskOf<Kind>, ownership };
}
