/** Times are milliseconds. */
export interface WebhookRules {
  /** The wait before each attempt, counted from the end of the one before. */
  readonly schedule: readonly number[];
  /** A wait is longer or shorter by up to this part of itself, so that what failed together does not return together. */
  readonly jitter: number;
  /** The longest that a receiver's Retry-After is honoured. */
  readonly retryAfterCap: number;
  /** After this long the worker that claimed an attempt can't be making it any more. */
  readonly lease: number;
  /** Deliveries of one tenant to one origin at a time, in one shard. */
  readonly originLimit: number;
}

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;

/** The retry schedule of Standard Webhooks 1.0.0: ten attempts over three days. */
export const defaultWebhookRules: WebhookRules = {
  schedule: [
    0,
    5 * second,
    5 * minute,
    30 * minute,
    2 * hour,
    5 * hour,
    10 * hour,
    14 * hour,
    20 * hour,
    24 * hour,
  ],
  jitter: 0.1,
  retryAfterCap: 24 * hour,
  lease: 30 * second,
  originLimit: 10,
};

export type NextAttempt =
  | { readonly kind: 'at'; readonly time: number }
  | { readonly kind: 'exhausted' };

/**
 * When to try again after `tries` attempts of which the last one failed now: by the schedule, with jitter, and never
 * before the receiver asked for.
 *
 * @param random a number from 0 (inclusive) to 1 (exclusive)
 */
export function nextAttempt(
  { schedule, jitter, retryAfterCap }: WebhookRules,
  {
    tries,
    now,
    random,
    retryAfter = 0,
  }: { tries: number; now: number; random: number; retryAfter?: number | undefined },
): NextAttempt {
  const planned = schedule[tries];
  if (planned === undefined) return { kind: 'exhausted' };
  const jittered = Math.round(planned * (1 + jitter * (2 * random - 1)));
  return { kind: 'at', time: now + Math.max(jittered, Math.min(retryAfter, retryAfterCap)) };
}
