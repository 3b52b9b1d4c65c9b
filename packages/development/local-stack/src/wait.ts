import { setTimeout as pause } from 'node:timers/promises';
import { connectRedis, whenRedisReady } from '@pawl/runtime';

export interface RedisWaitSettings {
  readonly timeoutMilliseconds: number;
  readonly say: (line: string) => void;
  readonly signal: AbortSignal;
}

const quietMilliseconds = 1_000;

/**
 * Waits until a Redis that somebody else runs answers.
 *
 * @throws Error that names REDIS_URL if it does not in time; the signal's reason when it is aborted.
 */
export async function waitForRedis(
  url: string,
  { timeoutMilliseconds, say, signal }: RedisWaitSettings,
): Promise<void> {
  signal.throwIfAborted();
  const redis = connectRedis(url, 'producer');
  const giveUp = (): void => redis.disconnect();
  signal.addEventListener('abort', giveUp);
  const timer = setTimeout(() => say('Waiting for the Redis of REDIS_URL.'), quietMilliseconds);
  try {
    await whenRedisReady(redis, timeoutMilliseconds);
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', giveUp);
    redis.disconnect();
  }
}

export interface ReadinessSettings {
  readonly timeoutMilliseconds: number;
  readonly signal: AbortSignal;
}

/**
 * Asks the gateway's `/readyz` until it says yes.
 *
 * @throws Error with its last answer when the time is up; the signal's reason when it is aborted.
 */
export async function waitUntilReady(
  gatewayUrl: string,
  { timeoutMilliseconds, signal }: ReadinessSettings,
): Promise<void> {
  const deadline = performance.now() + timeoutMilliseconds;
  let lastAnswer = 'it did not answer';
  while (performance.now() < deadline) {
    const answer = await askOnce(`${gatewayUrl}/readyz`, signal);
    if (answer === 'ready') return;
    lastAnswer = answer;
    await pause(50, undefined, { signal });
  }
  throw new Error(
    `The gateway was not ready within ${timeoutMilliseconds / 1_000} s: ${lastAnswer}.`,
  );
}

async function askOnce(url: string, signal: AbortSignal): Promise<string> {
  const timeLimit = AbortSignal.timeout(5_000);
  try {
    const response = await fetch(url, { signal: AbortSignal.any([signal, timeLimit]) });
    const body = await response.text();
    return response.ok ? 'ready' : `${response.status} ${body.slice(0, 1_000)}`;
  } catch (error) {
    signal.throwIfAborted();
    // Node 20 may collect a time limit that nothing else holds, and it would never end.
    if (timeLimit.aborted) return 'it did not answer within 5 s';
    const cause = error instanceof Error ? (error.cause ?? error) : error;
    return cause instanceof Error ? cause.message : 'it did not answer';
  }
}
