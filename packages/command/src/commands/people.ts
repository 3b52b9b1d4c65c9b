import type { Account, ApiKey, ApiKeyRequest } from '@pawl/client';
import { type Command, Option } from 'commander';
import { line, singleLine } from '../journey/lines.ts';
import { type CommonOptions, type Open, showList, showOne, withCommonOptions } from './context.ts';
import { collect, given, wholeNumber } from './options.ts';

/** `pawl accounts`: what a person has connected. */
export function addAccounts(program: Command, open: Open): void {
  const accounts = program.command('accounts').description('what people have connected');

  interface UserOptions extends CommonOptions {
    readonly user: string;
  }
  withCommonOptions(accounts.command('list', { isDefault: true }))
    .description('show what a person has connected')
    .requiredOption('--user <identifier>')
    .action(async ({ user, ...options }: UserOptions) => {
      const context = open(options);
      const listing = context.client.accounts.list({ user, signal: context.signal });
      await showList(context, listing, {
        columns: accountColumns,
        limit: 1_000,
        empty: 'Nothing is connected.',
      });
    });

  withCommonOptions(accounts.command('link'))
    .description('make a link by which the person connects an account')
    .argument('<connection>')
    .requiredOption('--user <identifier>')
    .action(async (connection: string, { user, ...options }: UserOptions) => {
      const context = open(options);
      const link = await context.client.accounts.link(
        { user, connection },
        { signal: context.signal },
      );
      showOne(context, link, [
        line(link.url, 'link'),
        line(`Give it to ${singleLine(user)} only. It works until ${link.expires_at}.`, 'dim'),
      ]);
    });

  withCommonOptions(accounts.command('disconnect'))
    .description('take the authorization away')
    .argument('<connection>')
    .requiredOption('--user <identifier>')
    .action(async (connection: string, { user, ...options }: UserOptions) => {
      const context = open(options);
      await context.client.accounts.delete(connection, { user, signal: context.signal });
      showOne(context, { user, connection, deleted: true }, [
        line(`${singleLine(connection)} of ${singleLine(user)} is disconnected.`),
      ]);
    });
}

const accountColumns = {
  connection: (account: Account) => account.connection,
  status: (account: Account) => account.status,
  updated: (account: Account) => account.updated_at,
};

type Scope = NonNullable<ApiKeyRequest['scopes']>[number];

/** `pawl keys`: API keys of the tenant. The first one is made by `npm run keys`, where Redis is. */
export function addKeys(program: Command, open: Open): void {
  const keys = program.command('keys').description('API keys of the tenant');

  withCommonOptions(keys.command('list', { isDefault: true }))
    .description('show them, without their secrets')
    .action(async (options: CommonOptions) => {
      const context = open(options);
      const listing = context.client.keys.list({ signal: context.signal });
      await showList(context, listing, {
        columns: keyColumns,
        limit: 1_000,
        empty: 'There is none.',
      });
    });

  interface KeyOptions extends CommonOptions {
    readonly scope?: string[];
    readonly expires?: string;
    readonly requestsPerMinute?: number;
  }
  withCommonOptions(keys.command('create'))
    .description('make one; stdout gets the key, which is shown this once')
    .argument('<name>', 'what it is for')
    .addOption(
      new Option('--scope <scope>', 'what it may do; repeatable (default: all)').argParser(collect),
    )
    .option('--expires <time>', 'such as 2027-01-31T12:00:00Z (default: never)')
    .option('--requests-per-minute <number>', 'default: any number', wholeNumber)
    .action(async (name: string, { scope, expires, requestsPerMinute, ...options }: KeyOptions) => {
      const context = open(options);
      const request = {
        name,
        ...given({
          scopes: scope as Scope[] | undefined,
          expires_at: expires,
          requests_per_minute: requestsPerMinute,
        }),
      } as ApiKeyRequest;
      const made = await context.client.keys.create(request, { signal: context.signal });
      if (context.json) showOne(context, made, []);
      else context.write(`${made.key}\n`);
    });

  withCommonOptions(keys.command('revoke'))
    .description('make keys useless, at once and for good')
    .argument('<id...>')
    .action(async (ids: string[], options: CommonOptions) => {
      const context = open(options);
      for (const id of ids) {
        await context.client.keys.delete(id, { signal: context.signal });
        showOne(context, { id, deleted: true }, [line(`${singleLine(id)} is revoked.`)]);
      }
    });
}

const keyColumns = {
  id: (key: ApiKey) => key.id,
  name: (key: ApiKey) => key.name,
  scopes: (key: ApiKey) => key.scopes.join(', '),
  expires: (key: ApiKey) => key.expires_at,
  'per minute': (key: ApiKey) => key.requests_per_minute,
  created: (key: ApiKey) => key.created_at,
};
