import {
  causeOf,
  checkRedis,
  connectRedis,
  type Durability,
  requireRedis,
  whenRedisReady,
} from '@pawl/runtime';
import type { Check, Finding } from './findings.ts';

const name = 'Redis';
/** Milliseconds. */
const patience = 5_000;

interface RedisCheckSettings {
  readonly url: string | undefined;
  readonly durability: Durability;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** Redis: version, policy, rights, memory, what the durable profile wants, and its clock. */
export function checkRedisServer({ url, durability, now }: RedisCheckSettings): Check {
  return async () => {
    if (url === undefined) {
      const found = 'REDIS_URL is not set: npm start and npm run serve bring their own.';
      return [{ name, status: 'skipped', found }];
    }
    let redis: ReturnType<typeof connectRedis>;
    try {
      redis = connectRedis(url, 'producer');
    } catch (error) {
      const advice = 'Correct REDIS_URL: see docs/redis.md.';
      return [{ name, status: 'problem', found: causeOf(error), advice }];
    }
    try {
      await whenRedisReady(redis, patience);
      await requireRedis(redis, { url, tag: '{pawl:0}' });
      const { problems, warnings } = await checkRedis(redis, { durability });
      const [seconds = 0] = await redis.time();
      const findings: Finding[] = [
        ...problems.map((found) => ({ name, status: 'problem', found }) as const),
        ...warnings.map((found) => ({ name, status: 'warning', found }) as const),
      ];
      if (problems.length === 0) {
        findings.unshift({
          name,
          status: 'ok',
          found: 'It answers, keeps everything and takes writes.',
        });
      }
      const off = Math.abs(seconds * 1_000 + 500 - now());
      if (off > 10_000) {
        findings.push({
          name,
          status: 'warning',
          found: `Its clock and this machine's are ${Math.round(off / 1_000)} s apart.`,
          advice: 'Set both by NTP. Pawl goes by the time of Redis.',
        });
      }
      return findings;
    } catch (error) {
      const advice = 'Is it running, and is REDIS_URL right? docs/redis.md lists what Pawl needs.';
      return [{ name, status: 'problem', found: causeOf(error), advice }];
    } finally {
      redis.disconnect();
    }
  };
}
