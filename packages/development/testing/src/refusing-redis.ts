import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { startOwnRedis } from './own-redis.ts';

/** The ways in which {@link startRefusingRedis} refuses: the replies that follow, and `PAUSE` for none at all. */
export const waysToRefuse = [
  'OOM',
  'MISCONF',
  'NOREPLICAS',
  'READONLY',
  'MASTERDOWN',
  'BUSY',
  'NOPERM',
  'WRONGPASS',
  'PAUSE',
] as const;

export type WayToRefuse = (typeof waysToRefuse)[number];

export interface RefusingRedis {
  readonly url: string;
  refuse(way: WayToRefuse): Promise<void>;
  /** Takes every command again. */
  heal(): Promise<void>;
  /** Ends the server and deletes its data. */
  remove(): Promise<void>;
}

const operator = { username: 'operator', password: 'operates' };

/** A Redis of one test's own that refuses on demand, as real ones do when memory is full, say. */
export async function startRefusingRedis(): Promise<RefusingRedis> {
  const own = await startOwnRedis();
  const { hostname, port, password } = new URL(own.url);
  const owner = new Redis(own.url);
  await owner.acl('SETUSER', operator.username, 'on', `>${operator.password}`, '~*', '&*', '+@all');
  owner.disconnect();
  // The refusals are for the default user.
  const admin = new Redis({ host: hostname, port: Number(port), ...operator });
  const busy = admin.duplicate();
  await admin.config('SET', 'lua-time-limit', '20');
  let healing: (() => Promise<unknown>) | undefined;

  const setting = async (name: string, value: string, later: string) => {
    await admin.config('SET', name, value);
    healing = () => admin.config('SET', name, later);
  };
  const ways: Record<WayToRefuse, () => Promise<void>> = {
    OOM: () => setting('maxmemory', '1', '0'),
    async MISCONF() {
      const setting: unknown = await admin.config('GET', 'dir');
      const directory = Array.isArray(setting) ? String(setting[1]) : '';
      const obstacle = join(directory, 'dump.rdb');
      healing = async () => {
        await rm(obstacle, { recursive: true });
        await admin.config('SET', 'save', '');
        await admin.bgsave();
        await untilSaved(admin, 'ok');
      };
      // The snapshot cannot get its name. A disk that is full cannot be had, and is told in the same way.
      await mkdir(join(obstacle, 'full'), { recursive: true });
      await admin.config('SET', 'save', '3600 1000000');
      await admin.bgsave();
      await untilSaved(admin, 'err');
    },
    NOREPLICAS: () => setting('min-replicas-to-write', '1', '0'),
    async READONLY() {
      healing = () => admin.replicaof('NO', 'ONE');
      await admin.replicaof('127.0.0.1', '1');
    },
    async MASTERDOWN() {
      healing = () => admin.replicaof('NO', 'ONE');
      await admin.config('SET', 'replica-serve-stale-data', 'no');
      await admin.replicaof('127.0.0.1', '1');
    },
    async BUSY() {
      const ended = busy.eval('while true do end', 0).catch(() => undefined);
      healing = async () => {
        await admin.script('KILL');
        await ended;
      };
      await untilRefused('BUSY', own.url);
    },
    async NOPERM() {
      healing = () => admin.acl('SETUSER', 'default', '+@all');
      await admin.acl('SETUSER', 'default', '-@all');
    },
    async WRONGPASS() {
      healing = () => admin.acl('SETUSER', 'default', 'resetpass', `>${password}`);
      await admin.acl('SETUSER', 'default', 'resetpass', '>another');
      await admin.acl('LOG', 'RESET');
      await admin.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
      // Whoever was connected comes back, and is turned away.
      while (!JSON.stringify(await admin.acl('LOG')).includes('auth')) await pause(20);
    },
    async PAUSE() {
      healing = () => admin.client('UNPAUSE');
      await admin.call('CLIENT', 'PAUSE', '600000', 'WRITE');
    },
  };

  async function heal(): Promise<void> {
    await healing?.();
    healing = undefined;
  }

  return {
    url: own.url,
    refuse: (way) => ways[way](),
    heal,
    async remove() {
      await heal();
      admin.disconnect();
      busy.disconnect();
      await own.remove();
    },
  };
}

async function untilSaved(admin: Redis, status: 'ok' | 'err'): Promise<void> {
  for (;;) {
    const info = await admin.info('persistence');
    const isDone = info.includes('rdb_bgsave_in_progress:0');
    if (isDone && info.includes(`rdb_last_bgsave_status:${status}`)) return;
    await pause(20);
  }
}

async function untilRefused(code: string, url: string): Promise<void> {
  const redis = new Redis(url, { enableReadyCheck: false });
  try {
    for (;;) {
      const answer: unknown = await redis.ping().catch((error: unknown) => error);
      if (answer instanceof Error && answer.message.startsWith(code)) return;
    }
  } finally {
    redis.disconnect();
  }
}
