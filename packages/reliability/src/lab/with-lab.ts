import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findRepositoryRoot } from '@pawl/runtime';
import { startPrivateRedis, type PrivateRedis } from '@pawl/stack';
import { openLab, type Lab, type LabSettings } from './lab.ts';

/** A Redis of this experiment's own, in a temporary folder, for as long as `use` takes. */
export async function withPrivateRedis<Result>(
  use: (redis: PrivateRedis, directory: string) => Promise<Result>,
): Promise<Result> {
  const directory = await mkdtemp(join(tmpdir(), 'pawl-reliability-'));
  try {
    const redis = await startPrivateRedis(privateRedisSettings(directory));
    try {
      return await use(redis, directory);
    } finally {
      await redis.stop();
    }
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** Settings of a Redis that can be stopped and started again on the same data. */
export function privateRedisSettings(directory: string) {
  const root = findRepositoryRoot(import.meta.url);
  return {
    directory,
    ways: ['program', 'package'],
    log: (line: string) => void process.stderr.write(`${line}\n`),
    ...(root !== undefined && { packageDirectory: join(root, '.pawl/packages') }),
  } as const;
}

/** A lab on a Redis of its own. */
export async function withLab<Result>(
  settings: Omit<LabSettings, 'redisUrl' | 'prefix'>,
  use: (lab: Lab) => Promise<Result>,
): Promise<Result> {
  return withPrivateRedis(async ({ url }) => {
    const lab = await openLab({ ...settings, redisUrl: url, prefix: 'experiment-' });
    try {
      return await use(lab);
    } finally {
      await lab.close();
    }
  });
}
