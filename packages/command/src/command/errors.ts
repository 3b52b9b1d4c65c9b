import { PawlApiError } from '@pawl/client';
import { singleLine } from '../journey/lines.ts';
import type { EndedStatus } from '../journey/snapshot.ts';

/** How the command itself can go wrong, before or without a job's end. */
export const exitCodes = {
  /** The gateway could not be reached, refused the request, or was lost on the way. */
  commandFailed: 1,
  /** The command line or a variable is wrong. */
  usage: 2,
} as const;

/** How a job ended, as the command's exit code. */
export const endingExitCodes = {
  completed: 0,
  failed: 3,
  incomplete: 4,
  cancelled: 5,
  expired: 6,
} as const satisfies Record<EndedStatus, number>;

/** What went wrong and what to do about it, for a person at a terminal. */
export function explainError(error: unknown): string {
  const text = error instanceof Error ? error.message : 'Something went wrong.';
  const cause = error instanceof Error && error.cause instanceof PawlApiError ? error.cause : error;
  if (!(cause instanceof PawlApiError)) return text;
  const request = cause.requestId === undefined ? '' : `, request ${cause.requestId}`;
  const reference = singleLine(`(${cause.status} ${cause.code}${request})`);
  return [text, reference, ...advice(cause)].join('\n');
}

function advice({ status }: PawlApiError): string[] {
  return status === 401 ? ['Set PAWL_API_KEY to a key of this gateway.'] : [];
}

/** The command line or the environment is wrong: nothing was tried. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
