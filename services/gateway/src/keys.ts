import { defaultTenant } from '@pawl/contracts';
import type { PawlStore } from '@pawl/store';
import { Command, InvalidArgumentError } from 'commander';
import { commandEnvironment, parseTenant, withStore } from './command-store.ts';
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
    const { id, key } = await useStore((store) => store.createApiKey(owner));
    print(key);
    process.stderr.write(`Key ${id} of tenant ${owner.tenant}. It is not shown again.\n`);
  });

program
  .command('list')
  .description('show all keys, without their secrets')
  .action(async () => {
    const keys = await useStore((store) => store.listApiKeys());
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
    const revoked = await useStore((store) => store.revokeApiKey(id));
    if (revoked) print(`revoked ${id}`);
    else program.error(`There is no key ${id}.`);
  });

await program.parseAsync();

function parseName(text: string): string {
  if (/^[^\p{Cc}]{1,100}$/u.test(text)) return text;
  throw new InvalidArgumentError('Use 1 to 100 characters, on one line.');
}

async function useStore<Answer>(use: (store: PawlStore) => Promise<Answer>): Promise<Answer> {
  const { REDIS_URL: url } = commandEnvironment(readKeysEnvironment);
  // Keys stand in the first shard, however many there are.
  return withStore(program, { url, shards: 1 }, use);
}
