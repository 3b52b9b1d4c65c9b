import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { RedisContainer } from '@testcontainers/redis';
import { getContainerRuntimeClient, ImageName, type ContainerRuntimeClient } from 'testcontainers';

export type RedisContainerResult =
  | { readonly kind: 'running'; readonly url: string; readonly stop: () => Promise<void> }
  | { readonly kind: 'unavailable'; readonly reason: string };

const pullTimeoutMilliseconds = 120_000;

/** Redis by testcontainers, or a half-sentence that says why there is none. */
export async function startRedisContainer(image: string): Promise<RedisContainerResult> {
  const client = await findEngine();
  if (client === undefined) return { kind: 'unavailable', reason: 'no container engine answers' };
  if (!(await hasImage(client, image))) {
    return { kind: 'unavailable', reason: `the container engine cannot pull ${image}` };
  }
  try {
    return await startContainer(image);
  } catch (error) {
    // Its own helper's image may be out of reach, say.
    const message = error instanceof Error ? error.message.split('\n', 1)[0] : 'no reason given';
    return { kind: 'unavailable', reason: `testcontainers cannot start ${image}: ${message}` };
  }
}

async function startContainer(image: string): Promise<RedisContainerResult> {
  const password = randomBytes(16).toString('hex');
  const container = await new RedisContainer(image)
    .withCommand(['redis-server', '--requirepass', password, '--maxmemory-policy', 'noeviction'])
    .start();
  return {
    kind: 'running',
    url: `redis://default:${password}@${container.getHost()}:${container.getPort()}/0`,
    async stop() {
      await container.stop();
    },
  };
}

async function findEngine(): Promise<ContainerRuntimeClient | undefined> {
  try {
    return await getContainerRuntimeClient();
  } catch {
    return undefined;
  }
}

async function hasImage(client: ContainerRuntimeClient, image: string): Promise<boolean> {
  const name = ImageName.fromString(image);
  if (await client.image.exists(name)) return true;
  const giveUp = new AbortController();
  try {
    return await Promise.race([
      client.image.pull(name).then(
        () => true,
        () => false,
      ),
      pause(pullTimeoutMilliseconds, false, { signal: giveUp.signal }),
    ]);
  } finally {
    giveUp.abort();
  }
}
