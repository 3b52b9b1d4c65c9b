import {
  allScopes,
  ApiKeyName,
  ApiKeyScope,
  defaultTenant,
  RequestsPerMinute,
} from '@pawl/contracts';
import type { NewApiKey, PawlStore } from '@pawl/store';
import { instant } from '@pawl/engine';
import { Command, InvalidArgumentError } from 'commander';
import { z } from 'zod';
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
  .option(
    '--scopes <scopes>',
    `what it may do, separated by commas: ${allScopes.join(', ')} (default: all)`,
    parseScopes,
  )
  .option('--expires <time>', 'when it ends, such as 2027-01-31 or 2027-01-31T12:00:00Z', parseTime)
  .option(
    '--requests-per-minute <number>',
    'how many requests it may make (default: any number)',
    parseRequests,
  )
  .action(async ({ expires: expiresAt, ...owner }: NewApiKey & { expires?: number }) => {
    const { id, key } = await useStore((store) => store.createApiKey({ ...owner, expiresAt }));
    print(key);
    process.stderr.write(`Key ${id} of tenant ${owner.tenant}. It is not shown again.\n`);
  });

program
  .command('list')
  .description('show all keys, without their secrets')
  .action(async () => {
    const keys = await useStore((store) => store.listApiKeys());
    if (keys.length === 0) process.stderr.write('There is no key yet.\n');
    for (const { id, tenant, name, createdAt, scopes, expiresAt, requestsPerMinute } of keys) {
      const ends = expiresAt === undefined ? 'never expires' : `expires ${instant(expiresAt)}`;
      const rate = `${requestsPerMinute ?? 'any number of'} requests per minute`;
      print([id, tenant, name, instant(createdAt), scopes.join(','), ends, rate].join('\t'));
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
  if (ApiKeyName.safeParse(text).success) return text;
  throw new InvalidArgumentError('Use 1 to 100 characters, on one line.');
}

function parseScopes(text: string): ApiKeyScope[] {
  const parsed = z
    .array(ApiKeyScope)
    .min(1)
    .safeParse(text.split(',').map((name) => name.trim()));
  if (parsed.success) return [...new Set(parsed.data)];
  throw new InvalidArgumentError(`Use ${allScopes.join(', ')}, separated by commas.`);
}

function parseTime(text: string): number {
  const isTime = z.union([z.iso.date(), z.iso.datetime({ offset: true })]).safeParse(text).success;
  const time = isTime ? Date.parse(text) : Number.NaN;
  if (time > Date.now()) return time;
  throw new InvalidArgumentError('Use a time in the future, such as 2027-01-31T12:00:00Z.');
}

function parseRequests(text: string): number {
  const parsed = RequestsPerMinute.safeParse(/^\d+$/.test(text) ? Number(text) : Number.NaN);
  if (parsed.success) return parsed.data;
  throw new InvalidArgumentError('Use a whole number from 1 to 1000000.');
}

async function useStore<Answer>(use: (store: PawlStore) => Promise<Answer>): Promise<Answer> {
  const { REDIS_URL: url } = commandEnvironment(readKeysEnvironment);
  // Keys stand in the first shard, however many there are.
  return withStore(program, { url, shards: 1 }, use);
}
