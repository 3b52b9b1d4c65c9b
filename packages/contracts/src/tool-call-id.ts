import { z } from 'zod';
import { Json } from './json.ts';

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

/** The body of `POST /v1/tool-calls/{id}/result`: what came of a call that its function has accepted. */
export const ToolCallResult = z.union([
  z.strictObject({ output: Json }),
  z.strictObject({
    error: z.strictObject({
      message: z.string().min(1).max(10_000),
      /** Stable, for the model: letters, digits and `_`. */
      code: z
        .string()
        .regex(/^[a-z0-9_]{1,64}$/)
        .default('tool_failed'),
    }),
  }),
]);
export type ToolCallResult = z.infer<typeof ToolCallResult>;
