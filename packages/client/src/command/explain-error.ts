import { PawlApiError } from '../client/errors.ts';
import { singleLine } from '../journey/plain-text.ts';

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
