import { Redis } from 'ioredis';
import type { TestProject } from 'vitest/node';
import { namespacePrefix } from './test-redis.ts';
import { startTestRedis } from './start-test-redis.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The Redis of this run. Use `testRedis()`, which gives a test its own keys. */
    redisUrl: string;
  }
}

/** vitest's global set-up: one Redis for all integration tests, empty again at the end. */
export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  const required = process.env['PAWL_TEST_REDIS'];
  const server = await startTestRedis({
    ...(required === 'container' && { required }),
    image: process.env['PAWL_TEST_REDIS_IMAGE'] ?? 'redis:7.4-alpine',
    log: (line) => process.stderr.write(`${line}\n`),
  });
  project.provide('redisUrl', server.url);
  return async () => {
    try {
      await expectNoKeys(server.url);
    } finally {
      await server.stop();
    }
  };
}

async function expectNoKeys(url: string): Promise<void> {
  const redis = new Redis(url);
  try {
    const keys = await redis.keys('*');
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
