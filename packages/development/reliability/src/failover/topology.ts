import { setTimeout as pause } from 'node:timers/promises';
import { type RedisProcess, startRedisProcess } from '@pawl/testing/redis-process';

/** How Redis stands: alone, or with a replica that a sentinel promotes. */
export type TopologyName = 'single' | 'replica' | 'replica, min-replicas-to-write 1';

/** What happens to it while jobs run. */
export type Fault = 'kill -9, restart' | 'SENTINEL FAILOVER' | 'primary paused, comes back';

export interface Topology {
  /** For `REDIS_URL`. */
  readonly url: string;
  /** @param demotes the old primary follows the new one at once, not when the sentinel gets to it, after some ten seconds */
  cause(fault: Fault, demotes?: boolean): Promise<void>;
  remove(): Promise<void>;
}

const persistence = (appendfsync: string) => ['appendonly yes', `appendfsync ${appendfsync}`];

/** For how long the primary stands still, in milliseconds: longer than the sentinel waits before it promotes. */
const paused = 4_000;

/** @param appendfsync of a server that stands alone: there its disk has to keep what others keep twice */
export async function startTopology(
  name: TopologyName,
  appendfsync: 'everysec' | 'always',
): Promise<Topology> {
  return name === 'single' ? startSingle(appendfsync) : startReplicated(name);
}

async function startSingle(appendfsync: string): Promise<Topology> {
  const server = await startRedisProcess({ lines: persistence(appendfsync) });
  return {
    url: `redis://127.0.0.1:${server.port}`,
    async cause() {
      await server.restart();
    },
    remove: () => server.remove(),
  };
}

async function startReplicated(name: TopologyName): Promise<Topology> {
  const isGuarded = name.includes('min-replicas');
  const lines = [
    ...persistence('everysec'),
    'repl-diskless-sync-delay 0',
    ...(isGuarded ? ['min-replicas-to-write 1', 'min-replicas-max-lag 2'] : []),
  ];
  const primary = await startRedisProcess({ lines });
  const replica = await startRedisProcess({
    lines: [...lines, `replicaof 127.0.0.1 ${primary.port}`],
  });
  const servers: RedisProcess[] = [replica, primary];
  await until(async () => {
    const info = await replica.redis.info('replication');
    return info.includes('master_link_status:up') && !info.includes('slave_repl_offset:0\r');
  });
  const sentinel = await startRedisProcess({
    isSentinel: true,
    lines: [
      `sentinel monitor main 127.0.0.1 ${primary.port} 1`,
      'sentinel down-after-milliseconds main 1000',
      'sentinel failover-timeout main 6000',
    ],
  });
  servers.unshift(sentinel);
  // It learns of the replica by asking the primary.
  await until(async () => {
    const found = await sentinel.redis.call('SENTINEL', 'REPLICAS', 'main');
    return Array.isArray(found) && found.length === 1;
  });
  const isPromoted = async () => (await replica.redis.info('replication')).includes('role:master');
  return {
    url: `redis+sentinel://127.0.0.1:${sentinel.port}/main`,
    async cause(fault, demotes = false) {
      if (fault === 'primary paused, comes back') {
        primary.signal('SIGSTOP');
        await pause(paused);
        primary.signal('SIGCONT');
      } else await sentinel.redis.call('SENTINEL', 'FAILOVER', 'main');
      await until(isPromoted);
      if (demotes) await primary.redis.replicaof('127.0.0.1', replica.port);
    },
    async remove() {
      for (const server of servers) await server.remove();
    },
  };
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 30_000;
  while (performance.now() < deadline) {
    if (await holds().catch(() => false)) return;
    await pause(50);
  }
  throw new Error('Redis did not come to stand as it should within 30 s');
}
