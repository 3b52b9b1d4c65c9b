import type { RedisConnection } from './connect-redis.ts';

/**
 * Resolves once the connection can take commands.
 *
 * @throws Error with the last connection error as its cause if that takes longer than
 * `timeoutMilliseconds`, or if the connection is closed meanwhile.
 */
export async function whenRedisReady(
  redis: RedisConnection,
  timeoutMilliseconds: number,
): Promise<void> {
  if (redis.status === 'ready') return;
  await new Promise<void>((resolve, reject) => {
    let lastError: Error | undefined;
    const onError = (error: Error): void => {
      lastError = error;
    };
    const settle = (failure?: string): void => {
      clearTimeout(timer);
      redis.off('ready', onReady).off('error', onError).off('end', onEnd);
      if (failure === undefined) resolve();
      else reject(new Error(failure, { cause: lastError }));
    };
    const onReady = (): void => settle();
    const onEnd = (): void => settle('The connection to Redis was closed before it was ready.');
    const timer = setTimeout(() => {
      const reason = lastError === undefined ? '' : ` (${lastError.message})`;
      settle(
        `Redis did not answer within ${timeoutMilliseconds / 1_000} s${reason}. ` +
          'Check REDIS_URL, and that the server runs and can be reached.',
      );
    }, timeoutMilliseconds);
    redis.on('ready', onReady).on('error', onError).on('end', onEnd);
  });
}
