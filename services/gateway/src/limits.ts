import { defaultTenant, limitNames, LimitScope, OperatorLimits } from '@pawl/contracts';
import { limitsInForce } from '@pawl/engine';
import type { PawlStore } from '@pawl/store';
import { Command } from 'commander';
import { commandEnvironment, parseTenant, withStore } from './command-store.ts';
import { readLimitsEnvironment } from './env.ts';

const print = (line: string) => process.stdout.write(`${line}\n`);

const names = LimitScope.options.flatMap((scope) =>
  limitNames.map((name) => ({ scope, name, path: `${scope}.${name}` })),
);

const program: Command = new Command('limits')
  .description('What the operator limits tenants to')
  .helpCommand(false)
  .showHelpAfterError();

program
  .command('show')
  .description('show the limits of a tenant')
  .option('--tenant <tenant>', 'whose limits', parseTenant, defaultTenant)
  .action(({ tenant }: { tenant: string }) => useStore((store) => show(store, tenant)));

program
  .command('set')
  .description('set limits of a tenant, each in place of the default of the configuration')
  .option('--tenant <tenant>', 'whose limits', parseTenant, defaultTenant)
  .argument(
    '<limits...>',
    'such as tenant.jobs_per_minute=60 or user.cost_usd_per_day=5; =none lifts a limit, =default goes back to the configuration',
  )
  .addHelpText('after', `\nLimits: ${names.map(({ path }) => path).join(', ')}`)
  .action((texts: string[], { tenant }: { tenant: string }) =>
    useStore(async (store) => {
      const { operator } = await store.readLimits(0, tenant);
      await store.writeOperatorLimits(tenant, changed(operator, texts));
      await show(store, tenant);
    }),
  );

await program.parseAsync();

async function useStore(use: (store: PawlStore) => Promise<void>): Promise<void> {
  const { REDIS_URL: url, PAWL_SHARDS: shards } = commandEnvironment(readLimitsEnvironment);
  await withStore(program, { url, shards }, async (store) => {
    await store.checkCompatibility();
    await use(store);
  });
}

/** One line for each limit: its name, the default, the operator's, the tenant's own, and what is in force. */
async function show(store: PawlStore, tenant: string): Promise<void> {
  const { TENANT_LIMITS, USER_LIMITS } = commandEnvironment(readLimitsEnvironment);
  const defaults = { tenant: TENANT_LIMITS, user: USER_LIMITS };
  const stored = await store.readLimits(0, tenant);
  const inForce = limitsInForce(defaults, stored);
  print(['limit', 'default', 'operator', 'own', 'in force'].join('\t'));
  for (const { scope, name, path } of names) {
    const operator = stored.operator[scope][name];
    const values = [defaults[scope][name], stored.own[scope][name], inForce[scope][name]];
    const [fallback, own, valid] = values.map((value) => String(value ?? '-'));
    print([path, fallback, operator === null ? 'none' : (operator ?? '-'), own, valid].join('\t'));
  }
}

function changed(operator: OperatorLimits, texts: readonly string[]): OperatorLimits {
  const next = { ...operator, tenant: { ...operator.tenant }, user: { ...operator.user } };
  for (const text of texts) {
    const [path = '', value = '', ...rest] = text.split('=');
    const known = names.find((each) => each.path === path);
    if (known === undefined || rest.length > 0) {
      program.error(
        `There is no limit ${path}. Known are ${names.map((each) => each.path).join(', ')}.`,
      );
    }
    const { scope, name } = known;
    if (value === 'default') {
      delete next[scope][name];
      continue;
    }
    const parsed = value === 'none' ? null : value.trim() === '' ? Number.NaN : Number(value);
    const checked = OperatorLimits.safeParse({ [scope]: { [name]: parsed } });
    if (!checked.success) {
      const why = checked.error.issues[0]?.message ?? 'it is not a number';
      program.error(`${text}: ${why}. Give a number, none or default.`);
    }
    next[scope][name] = parsed;
  }
  return next;
}
