import type { StepRecord } from '@pawl/contracts';
import type { z } from 'zod';

/** What Redis holds, or is to hold, is not what it should be: damaged, or of a version that is not compatible. */
export class StoredDataError extends Error {
  override readonly name = 'StoredDataError';
}

/** What comes out of Redis is parsed like what comes from outside. Throws {@link StoredDataError}. */
export function parseStored<Schema extends z.ZodType>(
  schema: Schema,
  text: string,
  what: string,
): z.infer<Schema> {
  try {
    return schema.parse(JSON.parse(text));
  } catch (error) {
    throw new StoredDataError(`${what} in Redis cannot be read`, { cause: error });
  }
}

/**
 * The text of a state that goes into Redis. What could not be read again is refused here, where it costs one request,
 * and not at every read from then on. Throws {@link StoredDataError}.
 */
export function formatStored<Schema extends z.ZodType>(
  schema: Schema,
  value: z.infer<Schema>,
  what: string,
): string {
  const checked = schema.safeParse(value);
  if (!checked.success) {
    throw new StoredDataError(`${what} is not written: it could not be read again`, {
      cause: checked.error,
    });
  }
  return JSON.stringify(value);
}

/** The field of a job's steps hash in which a record stands: a later record of the same step replaces it. */
export function stepField(record: StepRecord): string {
  switch (record.kind) {
    case 'turn':
      return `turn:${record.turn}`;
    case 'decision':
      return decisionField(record);
    case 'late_outcome':
      return `${callField(record.kind, record)}:${record.epoch}`;
    case 'call':
    case 'outcome':
      return callField(record.kind, record);
  }
}

/** Which call of which turn. */
export interface CallPlace {
  readonly turn: number;
  readonly index: number;
}

export function callField(
  kind: 'call' | 'outcome' | 'late_outcome',
  { turn, index }: CallPlace,
): string {
  return `${kind}:${turn}:${index}`;
}

/** One call may be decided about more than once: each time that its outcome is unknown again. */
export function decisionField({
  turn,
  index,
  epoch,
}: {
  turn: number;
  index: number;
  epoch: number;
}): string {
  return `decision:${turn}:${index}:${epoch}`;
}
