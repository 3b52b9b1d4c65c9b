import type { Request } from 'express';
import { z } from 'zod';
import { invalidField, type ProblemError } from './problem.ts';

const longestWait = 60;

/** The seconds of `Prefer: wait=N` (RFC 7240), at most 60; undefined where it is not asked for, or not readable. */
export function waitPreference(request: Request): number | undefined {
  const preferences = request.get('Prefer')?.split(',') ?? [];
  for (const preference of preferences) {
    const seconds = /^\s*wait\s*=\s*"?(\d{1,9})"?\s*(;|$)/i.exec(preference)?.[1];
    if (seconds !== undefined && Number(seconds) > 0) return Math.min(Number(seconds), longestWait);
  }
  return undefined;
}

/** A number in a query: text that holds nothing but digits. */
export function wholeNumber({ minimum, maximum }: { minimum: number; maximum: number }) {
  const rule = `must be a whole number from ${minimum} to ${maximum}`;
  return z
    .string()
    .regex(/^\d{1,15}$/, rule)
    .transform(Number)
    .refine((value) => value >= minimum && value <= maximum, rule);
}

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
