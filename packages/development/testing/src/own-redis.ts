import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findRepositoryRoot } from '@pawl/runtime';
import { findFreePort, startPrivateRedis, type PrivateRedis } from '@pawl/local-stack';

export interface OwnRedis {
  /** The same after a restart. */
  readonly url: string;
  /** Ends the server as a shutdown of the machine would; what it holds stays on disk. */
  readonly stop: () => Promise<void>;
  /** Starts it again on what it held. */
  readonly start: () => Promise<void>;
  /** Ends it for good and deletes its data. */
  readonly remove: () => Promise<void>;
}

/** A Redis of one test's own, append-only, for tests that stop it: by program or package, never a container. */
export async function startOwnRedis(): Promise<OwnRedis> {
  const directory = await mkdtemp(join(tmpdir(), 'pawl-own-redis-'));
  const root = findRepositoryRoot(import.meta.url);
  const launch = (port: number) =>
    startPrivateRedis({
      directory,
      port,
      password: 'ownredis',
      ways: ['program', 'package'],
      log: () => undefined,
      ...(root !== undefined && { packageDirectory: join(root, '.pawl/packages') }),
    });
  const port = await findFreePort();
  let running: PrivateRedis | undefined = await launch(port);
  const { url } = running;
  const stop = async (): Promise<void> => {
    await running?.stop();
    running = undefined;
  };
  return {
    url,
    stop,
    async start() {
      running ??= await launch(port);
    },
    async remove() {
      await stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
