import { z } from 'zod';

/** One call of a turn, by its place. */
export interface CallPlace {
  readonly job: string;
  readonly turn: number;
  readonly index: number;
}

/** Names one call of one job: the same for every try of it, and so its idempotency key. */
export const CallId = z
  .string()
  .regex(
    /^call_\d{1,4}_[0-9A-Za-z-]{1,64}-\d{1,6}-\d{1,6}$/,
    'must be an id that starts with call_',
  );

export function formatCallId({ job, turn, index }: CallPlace): string {
  return `${job.replace(/^job_/, 'call_')}-${turn}-${index}`;
}

/** The call that an id names. Throws on text that is not a {@link CallId}. */
export function parseCallId(id: string): CallPlace {
  const [, place, turn, index] = /^call_(.+)-(\d+)-(\d+)$/.exec(id) ?? [];
  if (place === undefined) throw new Error(`not the id of a call: ${id.slice(0, 100)}`);
  return { job: `job_${place}`, turn: Number(turn), index: Number(index) };
}
