import { setTimeout as sleep } from 'node:timers/promises';
import pRetry from 'p-retry';
import { PawlApiError, PawlConnectionError } from './errors.ts';

export interface RetrySettings {
  /** Further attempts after the first. */
  readonly retries: number;
  /** The first pause; it doubles each time and gets up to as much again by chance. */
  readonly firstPauseMilliseconds: number;
  readonly longestPauseMilliseconds: number;
}

/** About ten seconds in all: a gateway that restarts is waited for. */
export const defaultRetrySettings: RetrySettings = {
  retries: 6,
  firstPauseMilliseconds: 200,
  longestPauseMilliseconds: 4_000,
};

const LONGEST_RETRY_AFTER_SECONDS = 30;
const TRANSIENT_STATUSES: ReadonlySet<number> = new Set([429, 502, 503, 504]);

/** Whether the same idempotent request may well succeed in a moment. */
export function isTransient(error: unknown): boolean {
  if (error instanceof PawlConnectionError) return true;
  return (
    error instanceof PawlApiError &&
    TRANSIENT_STATUSES.has(error.status) &&
    (error.retryAfter ?? 0) <= LONGEST_RETRY_AFTER_SECONDS
  );
}

/**
 * Repeats what may be repeated: only for requests that have the same effect however often they arrive. The pause
 * is at least what the gateway asks for.
 *
 * @throws the last attempt's error, or the signal's reason.
 */
export function retryIdempotent<Result>(
  attempt: () => Promise<Result>,
  settings: RetrySettings,
  signal: AbortSignal | undefined,
): Promise<Result> {
  return pRetry(attempt, {
    retries: settings.retries,
    minTimeout: settings.firstPauseMilliseconds,
    maxTimeout: settings.longestPauseMilliseconds,
    randomize: true,
    shouldRetry: async ({ error }) => {
      if (!isTransient(error)) return false;
      const seconds = error instanceof PawlApiError ? (error.retryAfter ?? 0) : 0;
      if (seconds > 0) await sleep(seconds * 1000, undefined, signal && { signal });
      return true;
    },
    ...(signal && { signal }),
  });
}
