import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findRepositoryRoot } from '@pawl/runtime';
import { startPrivateRedis } from '@pawl/local-stack';
import { startRedisContainer } from './redis-container.ts';

export interface TestRedisServer {
  readonly url: string;
  /** For people: where it came from. */
  readonly description: string;
  readonly stop: () => Promise<void>;
}

export interface TestRedisSettings {
  /** `PAWL_TEST_REDIS`: with `container` nothing else will do. */
  readonly required?: 'container';
  /** `PAWL_TEST_REDIS_IMAGE`. */
  readonly image: string;
  readonly log: (line: string) => void;
}

/**
 * A Redis for one run of the tests: by testcontainers where a container engine answers and has or
 * can pull the image, else a private one in a temporary folder. Says which on one line.
 *
 * @throws Error if a container is required and cannot be had.
 */
export async function startTestRedis(settings: TestRedisSettings): Promise<TestRedisServer> {
  const { required, image, log } = settings;
  const container = await startRedisContainer(image);
  if (container.kind === 'running') {
    log(`Redis for the tests: testcontainers runs ${image}.`);
    return { url: container.url, description: `testcontainers, ${image}`, stop: container.stop };
  }
  if (required === 'container') {
    throw new Error(
      `PAWL_TEST_REDIS=container asks for Redis by testcontainers, but ${container.reason}.`,
    );
  }
  return await startWithoutContainer(container.reason, log);
}

async function startWithoutContainer(
  reason: string,
  log: (line: string) => void,
): Promise<TestRedisServer> {
  const directory = await mkdtemp(join(tmpdir(), 'pawl-test-redis-'));
  const root = findRepositoryRoot(import.meta.url);
  try {
    const redis = await startPrivateRedis({
      directory,
      ways: ['program', 'package'],
      log,
      ...(root !== undefined && { packageDirectory: join(root, '.pawl/packages') }),
    });
    const { description } = redis.source;
    log(`Redis for the tests: ${description}, since ${reason}.`);
    return {
      url: redis.url,
      description,
      async stop() {
        await redis.stop();
        await rm(directory, { recursive: true, force: true });
      },
    };
  } catch (error) {
    await rm(directory, { recursive: true, force: true });
    throw error;
  }
}
