import { PawlApiError, PawlConnectionError } from './errors.ts';
import { pause } from './watch.ts';

export interface RetrySettings {
  /** Further attempts after the first. */
  readonly retries: number;
  /** The first pause; it doubles each time and gets up to as much again by chance. */
  readonly firstPauseMilliseconds: number;
  readonly longestPauseMilliseconds: number;
  /** No attempt begins later than this after the first one. A longer `Retry-After` is not waited for. */
  readonly longestMilliseconds: number;
}

/** About ten seconds of pauses: a gateway that restarts is waited for. */
export const defaultRetrySettings: RetrySettings = {
  retries: 6,
  firstPauseMilliseconds: 200,
  longestPauseMilliseconds: 4_000,
  longestMilliseconds: 60_000,
};

const TRANSIENT_STATUSES: ReadonlySet<number> = new Set([502, 503, 504]);

/** Whether the request was refused for now, before it had any effect. */
export function isRefusedForNow(error: unknown): boolean {
  return error instanceof PawlApiError && error.status === 429 && error.retryAfter !== undefined;
}

/** Whether the same request may well succeed in a moment. It may have had its effect already. */
export function isTransient(error: unknown): boolean {
  if (error instanceof PawlConnectionError || isRefusedForNow(error)) return true;
  return error instanceof PawlApiError && TRANSIENT_STATUSES.has(error.status);
}

/**
 * Repeats an attempt for as long as its errors may be repeated, at most as often and as long as the settings say.
 * The attempt is told the error of the one before.
 *
 * @throws the last attempt's error, or the signal's reason.
 */
export async function repeat<Result>(
  attempt: (previous: unknown) => Promise<Result>,
  mayRepeat: (error: unknown) => boolean,
  settings: RetrySettings,
  signal: AbortSignal | undefined,
): Promise<Result> {
  const begin = performance.now();
  let previous: unknown;
  for (let retries = 0; ; retries += 1) {
    try {
      return await attempt(previous);
    } catch (error) {
      signal?.throwIfAborted();
      if (retries >= settings.retries || !mayRepeat(error)) throw error;
      const milliseconds = pauseBefore(retries, error, settings);
      const elapsed = performance.now() - begin;
      if (elapsed + milliseconds > settings.longestMilliseconds) throw error;
      await pause(milliseconds, signal);
      previous = error;
    }
  }
}

/** At least what the gateway asks for. */
export function pauseBefore(retries: number, error: unknown, settings: RetrySettings): number {
  const { firstPauseMilliseconds, longestPauseMilliseconds } = settings;
  const doubled = firstPauseMilliseconds * 2 ** retries * (1 + Math.random());
  const asked = error instanceof PawlApiError ? (error.retryAfter ?? 0) * 1000 : 0;
  const own = Math.min(doubled, longestPauseMilliseconds);
  // Who was told the same second does not come back in the same moment.
  return asked > own ? asked + firstPauseMilliseconds * Math.random() : own;
}
