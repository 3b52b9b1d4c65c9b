import type { ToolOutcome } from '@pawl/engine';
import { AnswerTooLarge } from '../http/send-http.ts';
import type { Deadline } from '../deadline.ts';

/** Why this side gave a call up, if it did. */
export function givenUp(
  signal: AbortSignal,
  deadline: Deadline,
  toolTimeout: number,
): { readonly code: string; readonly message: string } | undefined {
  if (signal.aborted) {
    return { code: 'tool_aborted', message: 'The call was stopped before its answer came.' };
  }
  return deadline.hasPassed()
    ? { code: 'tool_timeout', message: `The call had no answer within ${toolTimeout} ms.` }
    : undefined;
}

export function notExecuted(code: string, message: string, retryAfter?: number): ToolOutcome {
  return {
    kind: 'not_executed',
    failure: { code, message, retryable: true },
    ...(retryAfter === undefined ? {} : { retryAfter }),
  };
}

export function unknown(code: string, message: string): ToolOutcome {
  return { kind: 'unknown', failure: { code, message, retryable: false } };
}

export function failed(code: string, message: string): ToolOutcome {
  return { kind: 'failed', failure: { code, message, retryable: false } };
}

/** Node's codes for a connection that did not come about: nothing was sent on it. */
const unconnected = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
  'CERT_HAS_EXPIRED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'ERR_TLS_CERT_ALTNAME_INVALID',
]);

/** True where no connection came about, whatever has wrapped the error. */
export function isUnconnected(error: unknown): boolean {
  return errorsIn(error).some(
    (each) => 'code' in each && typeof each.code === 'string' && unconnected.has(each.code),
  );
}

export function isTooLarge(error: unknown): boolean {
  return errorsIn(error).some((each) => each instanceof AnswerTooLarge);
}

/** What an error says, and what its causes say: Node's fetch only says "fetch failed". */
export function messageOf(error: unknown): string {
  const said = errorsIn(error)
    .map(({ message }) => message)
    .filter((text) => text !== '');
  return [...new Set(said)].join(': ') || 'no reason was given';
}

/** An error and its causes, and the parts of one that has several. */
function errorsIn(error: unknown, depth = 0): Error[] {
  if (!(error instanceof Error) || depth > 5) return [];
  const parts = error instanceof AggregateError ? error.errors : [error.cause];
  return [error, ...parts.flatMap((part: unknown) => errorsIn(part, depth + 1))];
}
