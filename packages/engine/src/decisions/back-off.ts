import type { Rules } from '../rules.ts';

/**
 * How long to wait after the `attempts`-th failure, in milliseconds: exponential, with full upper-half jitter, never
 * under what the other side asked for.
 *
 * @param random a number from 0 (inclusive) to 1 (exclusive)
 */
export function backOff(
  rules: Rules,
  { attempts, retryAfter = 0, random }: { attempts: number; retryAfter?: number; random: number },
): number {
  const exponential = Math.min(rules.backOffCap, rules.backOffBase * 2 ** (attempts - 1));
  return Math.max(retryAfter, Math.round(exponential * (0.5 + random / 2)));
}
