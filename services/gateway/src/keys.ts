import { defaultTenant } from '@pawl/contracts';
import {
  connectRedis,
  exitOnEnvironmentError,
  findRepositoryRoot,
  whenRedisReady,
  withEnvironmentFile,
} from '@pawl/runtime';
import { createStore, type PawlStore } from '@pawl/store';
import { Command, InvalidArgumentError } from 'commander';
import { readKeysEnvironment } from './env.ts';

const print = (line: string) => process.stdout.write(`${line}\n`);

const program = new Command('keys')
  .description('API keys of the gateway')
  .helpCommand(false)
  .showHelpAfterError();

program
  .command('create')
  .description('make a key and print it, once')
  .option('--tenant <tenant>', 'whose jobs it reaches', parseTenant, defaultTenant)
  .option('--name <name>', 'what it is for', parseName, 'unnamed')
  .action(async (owner: { tenant: string; name: string }) => {
    const { id, key } = await withStore((store) => store.createApiKey(owner));
    print(key);
    process.stderr.write(`Key ${id} of tenant ${owner.tenant}. It is not shown again.\n`);
  });

program
  .command('list')
  .description('show all keys, without their secrets')
  .action(async () => {
    const keys = await withStore((store) => store.listApiKeys());
    if (keys.length === 0) process.stderr.write('There is no key yet.\n');
    for (const { id, tenant, name, createdAt } of keys) {
      print([id, tenant, name, new Date(createdAt).toISOString()].join('\t'));
    }
  });

program
  .command('revoke')
  .description('make a key useless, at once and for good')
  .argument('<id>', 'as shown by list')
  .action(async (id: string) => {
    const revoked = await withStore((store) => store.revokeApiKey(id));
    if (revoked) print(`revoked ${id}`);
    else program.error(`There is no key ${id}.`);
  });

await program.parseAsync();

function parseTenant(text: string): string {
  if (/^[A-Za-z0-9_-]{1,64}$/.test(text)) return text;
  throw new InvalidArgumentError('Use 1 to 64 letters, digits, _ and -.');
}

function parseName(text: string): string {
  if (/^[^\p{Cc}]{1,100}$/u.test(text)) return text;
  throw new InvalidArgumentError('Use 1 to 100 characters, on one line.');
}

async function withStore<Answer>(use: (store: PawlStore) => Promise<Answer>): Promise<Answer> {
  const { REDIS_URL: url } = exitOnEnvironmentError(() =>
    readKeysEnvironment(withEnvironmentFile(process.env, findRepositoryRoot(import.meta.url))),
  );
  const redis = connectRedis(url, 'producer');
  try {
    await whenRedisReady(redis, 5_000);
    return await use(createStore({ redis, subscriber: redis, shards: 1, retention: 0 }));
  } catch (error) {
    return program.error(error instanceof Error ? error.message : 'Redis did not answer.');
  } finally {
    redis.disconnect();
  }
}
