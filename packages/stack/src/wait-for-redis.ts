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
