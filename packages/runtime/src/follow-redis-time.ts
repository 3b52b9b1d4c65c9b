import { z } from 'zod';
import type { RedisConnection } from './connect-redis.ts';
import type { Logger } from './logger.ts';
import { createSteadyClock, type ToldTime } from './steady-clock.ts';

interface RedisTimeSettings {
  readonly logger: Logger;
  /** How often the time is asked for, in milliseconds. */
  readonly interval?: number;
}

export interface RedisTime {
  /** Asks no more; the time goes on from what was last known. */
  stop(): void;
}

/** Differences that are told, in milliseconds: one machine's clock is wrong. */
const notable = 2_000;

/**
 * From here on `Date.now()` of this process tells the time of Redis, so that what is compared across processes is
 * compared by one clock: the times in job states, the delays of BullMQ, which asks `Date.now()` itself and has no
 * setting for it, and the timestamps that sign webhooks. Between two answers of Redis it goes on with the monotonic
 * clock of this process, whatever happens to the clock of its machine.
 *
 * Resolves once the time is known. Where Redis does not tell it, this machine's time is used until it does.
 */
export async function followRedisTime(
  redis: Pick<RedisConnection, 'time'>,
  { logger, interval = 30_000 }: RedisTimeSettings,
): Promise<RedisTime> {
  const clock = createSteadyClock({ at: Date.now(), on: performance.now() });

  async function ask(): Promise<void> {
    const told = [await askOnce(redis), await askOnce(redis), await askOnce(redis)];
    const step = clock.set(told.reduce((one, other) => (other.span < one.span ? other : one)));
    if (Math.abs(step) <= notable) return;
    logger.warn(
      { milliseconds: Math.round(step) },
      'the clock of this machine, or of Redis, is wrong: the time of Redis is used',
    );
  }

  const look = () =>
    ask().catch((error: unknown) => logger.debug({ err: error }, 'Redis does not tell the time'));
  await look();
  Date.now = () => clock.read(performance.now());
  const timer = setInterval(() => void look(), interval);
  timer.unref();
  return { stop: () => clearInterval(timer) };
}

/** Seconds since 1970, and microseconds in the second: the wire carries text. */
const Answer = z.tuple([z.coerce.number(), z.coerce.number()]);

async function askOnce(redis: Pick<RedisConnection, 'time'>): Promise<ToldTime> {
  const sent = performance.now();
  const answer = await redis.time();
  const received = performance.now();
  const [seconds, microseconds] = Answer.parse(answer);
  const at = seconds * 1_000 + microseconds / 1_000;
  return { at, on: (sent + received) / 2, span: received - sent };
}
