import { z } from 'zod';
import { invalidField, type ProblemError } from './problem-error.ts';
import { wholeNumber } from './whole-number.ts';

/** The query of a list that is paged by the position of its items, which never changes. */
export const PageQuery = z.strictObject({
  limit: wholeNumber({ minimum: 1, maximum: 1_000 }).default(100),
  cursor: z.string().min(1).max(1_000).optional(),
});

export interface Page<Item> {
  readonly items: readonly Item[];
  readonly nextCursor: string | null;
}

/**
 * The part of a list after the cursor.
 *
 * @throws ProblemError when the cursor is not one of ours.
 */
export function pageOf<Item>(
  items: readonly Item[],
  { limit, cursor }: z.output<typeof PageQuery>,
): Page<Item> {
  const start = cursor === undefined ? 0 : decodeCursor(cursor);
  const end = start + limit;
  return {
    items: items.slice(start, end),
    nextCursor: end < items.length ? encodeCursor(end) : null,
  };
}

export function invalidCursor(): ProblemError {
  return invalidField('cursor', 'must be the next_cursor of an earlier page');
}

function encodeCursor(position: number): string {
  return Buffer.from(`at:${position}`).toString('base64url');
}

function decodeCursor(cursor: string): number {
  const position = /^at:(\d{1,9})$/.exec(Buffer.from(cursor, 'base64url').toString())?.[1];
  if (position === undefined) throw invalidCursor();
  return Number(position);
}
