import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { connectRedis, whenRedisReady } from '@pawl/runtime';
import { findFreePort, type PrivateRedis, startPrivateRedis } from '@pawl/local-stack';
import { privateRedisSettings } from '../testbed/testbed.ts';

/** A Redis that forces every write to the disk before it answers (invariant 5), and can be stopped or killed. */
export interface DurableRedis {
  readonly url: string;
  /** SIGTERM, or SIGKILL in mid-work; then it is away for so many milliseconds, and comes back with its data. */
  interrupt(how: 'stop' | 'kill', away: number): Promise<void>;
  stop(): Promise<void>;
}

export async function startDurableRedis(directory: string): Promise<DurableRedis> {
  const place = { port: await findFreePort(), password: 'experiment' };
  let { server, pid } = await start(directory, place);
  return {
    url: server.url,
    async interrupt(how, away) {
      if (how === 'kill') {
        process.kill(pid, 'SIGKILL');
        await server.exited;
      }
      await server.stop();
      await pause(away);
      ({ server, pid } = await start(directory, place));
    },
    stop: () => server.stop(),
  };
}

/** Nobody is told that it is back, and it is not killed again, before `appendfsync always` holds. */
async function start(
  directory: string,
  place: { port: number; password: string },
): Promise<{ server: PrivateRedis; pid: number }> {
  const server = await startPrivateRedis({ ...privateRedisSettings(directory), ...place });
  const redis = connectRedis(server.url, 'producer');
  try {
    await whenRedisReady(redis, 10_000);
    await redis.config('SET', 'appendfsync', 'always');
    const pid = /^process_id:(\d+)/m.exec(await redis.info('server'))?.[1];
    if (pid === undefined) throw new Error('Redis does not say its process id');
    return { server, pid: Number(pid) };
  } finally {
    const ended = once(redis, 'end');
    redis.disconnect();
    await ended;
  }
}
