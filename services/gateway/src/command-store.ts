import {
  connectRedis,
  exitOnEnvironmentError,
  findRepositoryRoot,
  whenRedisReady,
  withEnvironmentFile,
  type EnvironmentSource,
} from '@pawl/runtime';
import { createStore, type PawlStore } from '@pawl/store';
import { InvalidArgumentError, type Command } from 'commander';

/** The environment of a command of the operator; ends the process where something is wrong with it. */
export function commandEnvironment<Environment>(
  read: (source: EnvironmentSource) => Environment,
): Environment {
  return exitOnEnvironmentError(() =>
    read(withEnvironmentFile(process.env, findRepositoryRoot(import.meta.url))),
  );
}

/** Lets a command use the store; what goes wrong becomes the command's error. */
export async function withStore<Answer>(
  program: Command,
  { url, shards }: { readonly url: string; readonly shards: number },
  use: (store: PawlStore) => Promise<Answer>,
): Promise<Answer> {
  const redis = connectRedis(url, 'producer');
  try {
    await whenRedisReady(redis, 5_000);
    return await use(
      createStore({ redis, subscriber: redis, shards, retention: { jobs: { age: 0 } } }),
    );
  } catch (error) {
    return program.error(error instanceof Error ? error.message : 'Redis did not answer.');
  } finally {
    redis.disconnect();
  }
}

/** The name of a tenant as an argument. */
export function parseTenant(text: string): string {
  if (/^[A-Za-z0-9_-]{1,64}$/.test(text)) return text;
  throw new InvalidArgumentError('Use 1 to 64 letters, digits, _ and -.');
}
