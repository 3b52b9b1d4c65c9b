import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ConnectionOptions } from 'node:tls';
import { findRepositoryRoot } from '@pawl/runtime';
import { findFreePort, findRedisProgram, spawnWithParent } from '@pawl/local-stack';
import { Redis } from 'ioredis';
import { waitFor } from './wait-for.ts';

export interface RedisProcessSettings {
  /** Lines of redis.conf, or of a sentinel's. */
  readonly lines?: readonly string[];
  readonly isSentinel?: boolean;
  /** It speaks nothing but TLS. */
  readonly isSecure?: boolean;
  /** Default: a free one. */
  readonly port?: number;
  /** How a test reaches it. */
  readonly tls?: ConnectionOptions;
}

export interface RedisProcess {
  readonly port: number;
  /** Holds its configuration and data, and its unix socket if it has one. */
  readonly directory: string;
  /** A connection for the test itself, closed with the server. */
  readonly redis: Redis;
  signal(name: NodeJS.Signals): void;
  /** SIGKILL, and a new start on what it held. */
  restart(): Promise<void>;
  /** SIGKILL; its directory is deleted. */
  remove(): Promise<void>;
}

/** A Redis server with a configuration of its own: a replica, a sentinel, a node of a cluster, one that speaks TLS. */
export async function startRedisProcess({
  lines = [],
  isSentinel = false,
  isSecure = false,
  port: wanted,
  tls,
}: RedisProcessSettings = {}): Promise<RedisProcess> {
  const root = findRepositoryRoot(import.meta.url) ?? tmpdir();
  const found = await findRedisProgram({
    packageDirectory: join(root, '.pawl/packages'),
    log: () => undefined,
  });
  if (found === undefined) throw new Error('there is no redis-server on this machine');
  const directory = await mkdtemp(join(tmpdir(), 'pawl-redis-'));
  const port = wanted ?? (await findFreePort());
  const file = join(directory, 'redis.conf');
  const own = [
    `dir ${directory}`,
    ...(isSecure ? ['port 0', `tls-port ${port}`] : [`port ${port}`]),
    ...(isSentinel ? [] : ['save ""']),
  ];
  await writeFile(file, `${[...own, ...lines].join('\n')}\n`);
  const launch = () =>
    spawnWithParent(found.program, [file, ...(isSentinel ? ['--sentinel'] : [])], {
      directory,
      environment: found.environment,
      output: 'ignore',
      errorOutput: 'ignore',
    });
  let child = launch();
  const end = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
  };
  const redis = new Redis({
    host: '127.0.0.1',
    port,
    maxRetriesPerRequest: null,
    retryStrategy: () => 50,
    ...(tls !== undefined && { tls }),
  });
  redis.on('error', () => undefined);
  await waitFor(() => redis.status === 'ready');
  return {
    port,
    directory,
    redis,
    signal: (name) => void child.kill(name),
    async restart() {
      await end();
      child = launch();
      await waitFor(async () => (await redis.ping()) === 'PONG');
    },
    async remove() {
      redis.disconnect();
      await end();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
