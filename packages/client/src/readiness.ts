import { exchange, isObject, parseJson } from './request/exchange.ts';
import type { Gateway } from './request/gateway.ts';
import type { CallOptions } from './request/send.ts';

/** Whether the gateway accepts jobs and workers work on them; else what stands against it, in sentences. */
export type Readiness =
  | { readonly ready: true }
  | { readonly ready: false; readonly problems: readonly string[] };

const LONGEST_MILLISECONDS = 5_000;

/**
 * Asks `/readyz` once.
 *
 * @throws PawlConnectionError if nothing answers.
 */
export async function checkReadiness(
  gateway: Gateway,
  { signal }: CallOptions = {},
): Promise<Readiness> {
  const request = { method: 'GET', path: 'readyz' };
  const timeout = Math.min(gateway.timeoutMilliseconds, LONGEST_MILLISECONDS);
  const { status, text } = await exchange(gateway, request, timeout, signal);
  if (status === 200) return { ready: true };
  const answer = parseJson(text);
  const problems = isObject(answer) && Array.isArray(answer['problems']) ? answer['problems'] : [];
  const sentences = problems.filter((problem): problem is string => typeof problem === 'string');
  return {
    ready: false,
    problems: sentences.length > 0 ? sentences : [`The address answered ${status}.`],
  };
}
