import type { TestProject } from 'vitest/node';
import { connectTo, keysLike, namespacePrefix } from './test-redis.ts';
import { startRedisCluster } from './redis-cluster.ts';
import { startTestRedis } from './start-test-redis.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The Redis of this run. Use `testRedis()`, which gives a test its own keys. */
    redisUrl: string;
    /** The same, or a single server where that is a cluster. */
    oneServerUrl: string;
  }
}

const log = (line: string) => process.stderr.write(`${line}\n`);

/** vitest's global set-up: one Redis for all integration tests, empty again at the end. */
export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  const required = process.env['PAWL_TEST_REDIS'];
  const server = await startTestRedis({
    ...(required === 'container' && { required }),
    image: process.env['PAWL_TEST_REDIS_IMAGE'] ?? 'redis:7.4-alpine',
    log,
  });
  const cluster = required === 'cluster' ? await startRedisCluster() : undefined;
  if (cluster !== undefined) log('Most tests use a Redis Cluster of three primaries.');
  const urls = [...(cluster === undefined ? [] : [cluster.url]), server.url];
  project.provide('oneServerUrl', server.url);
  project.provide('redisUrl', urls[0] ?? server.url);
  return async () => {
    try {
      for (const url of urls) await expectNoKeys(url);
    } finally {
      await cluster?.remove();
      await server.stop();
    }
  };
}

async function expectNoKeys(url: string): Promise<void> {
  const redis = connectTo(url);
  try {
    const keys = await keysLike(redis, '*');
    if (keys.length === 0) return;
    // vitest reports an error of the tear-down, but counts it as a success.
    process.exitCode = 1;
    const shown = keys.slice(0, 10).join('\n  ');
    throw new Error(
      `Tests left ${keys.length} keys in Redis, outside {${namespacePrefix}…} or written after ` +
        `their file had ended:\n  ${shown}`,
    );
  } finally {
    redis.disconnect();
  }
}
