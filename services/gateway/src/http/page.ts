import { z } from 'zod';
import { invalidField, type ProblemError } from './problem-error.ts';
import { wholeNumber } from './whole-number.ts';

/** The query of a list of a job's steps. */
export const PageQuery = z.strictObject({
  limit: wholeNumber({ minimum: 1, maximum: 1_000 }).default(100),
  cursor: z.string().min(1).max(1_000).optional(),
});

/** A page ends with the item that makes it so long, 1 MiB: its `next_cursor` says that there is more. */
export const pageBytes = 1_048_576;

export function invalidCursor(): ProblemError {
  return invalidField('cursor', 'must be the next_cursor of an earlier page');
}
