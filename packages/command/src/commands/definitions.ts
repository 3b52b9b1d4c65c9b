import type { Agent, Schedule, Trigger, TriggerEvent } from '@pawl/client';
import type { Command } from 'commander';
import { UsageError } from '../command/errors.ts';
import { type Line, line, plainJson, singleLine } from '../journey/lines.ts';
import { jobLines } from './jobs.ts';
import {
  type CommandContext,
  type CommonOptions,
  type Open,
  showList,
  showOne,
  withCommonOptions,
} from './context.ts';
import { collect, given, readBody, wholeNumber } from './options.ts';

interface ListOptions extends CommonOptions {
  readonly limit: number;
}

interface BodyOptions extends CommonOptions {
  readonly file?: string;
}

/** Flags that end up in the body of a request. */
type Fields = Readonly<Record<string, unknown>>;

/** A body from a file, with the fields that flags give on top. */
async function bodyOf<Body>(
  context: CommandContext,
  file: string | undefined,
  fields: Fields,
): Promise<Body> {
  const body = { ...(file !== undefined && (await readBody(file, context))), ...given(fields) };
  if (Object.keys(body).length > 0) return body as Body;
  throw new UsageError('Say what it is to be: by flags, or by --file with the body as JSON.');
}

const fileHelp = 'the body of the request as JSON; - is stdin';

interface AgentFields extends BodyOptions {
  readonly description?: string;
  readonly instructions?: string;
  readonly model?: string;
  readonly connection?: string[];
}
function fieldsOf({ description, instructions, model, connection }: AgentFields): Fields {
  return { description, instructions, model, connections: connection };
}

function withAgentFields(command: Command): Command {
  return withCommonOptions(command)
    .argument('<name>')
    .option('--description <text>')
    .option('--instructions <text>', 'the system prompt')
    .option('--model <name>')
    .option('--connection <name>', 'whose tools it gets; repeatable', collect)
    .option('--file <path>', fileHelp);
}

/** `pawl agents`: names for instructions, model, tools and limits. */
export function addAgents(program: Command, open: Open): void {
  const agents = program.command('agents').description('names for instructions, model and tools');

  withCommonOptions(agents.command('list', { isDefault: true }))
    .description('show them')
    .option('--limit <number>', 'how many at most', wholeNumber, 50)
    .action(async ({ limit, ...options }: ListOptions) => {
      const context = open(options);
      const listing = context.client.agents.list({ limit: 100, signal: context.signal });
      await showList(context, listing, { columns: agentColumns, limit, empty: 'There is none.' });
    });

  withCommonOptions(agents.command('show'))
    .argument('<name>')
    .action(async (name: string, options: CommonOptions) => {
      const context = open(options);
      showDefinition(context, await context.client.agents.get(name, { signal: context.signal }));
    });

  withAgentFields(agents.command('create'))
    .description('make one')
    .action(async (name: string, { file, url, json, ...fields }: AgentFields) => {
      const context = open({ url, json });
      const body = await bodyOf<object>(context, file, fieldsOf(fields));
      const agent = await context.client.agents.create(
        { ...body, name },
        { signal: context.signal },
      );
      showOne(context, agent, [line(`${agent.name} is made, version ${agent.version}.`)]);
    });

  withAgentFields(agents.command('update'))
    .description('change what is given; jobs keep the version that they were accepted with')
    .action(async (name: string, { file, url, json, ...fields }: AgentFields) => {
      const context = open({ url, json });
      const body = await bodyOf<object>(context, file, fieldsOf(fields));
      const agent = await context.client.agents.update(name, body, { signal: context.signal });
      showOne(context, agent, [line(`${agent.name} is at version ${agent.version}.`)]);
    });

  addDelete(agents, open, (client, name, signal) => client.agents.delete(name, { signal }));
}

const agentColumns = {
  name: (agent: Agent) => agent.name,
  version: (agent: Agent) => agent.version,
  source: (agent: Agent) => agent.source,
  model: (agent: Agent) => agent.model,
  connections: (agent: Agent) => agent.connections?.join(', '),
  description: (agent: Agent) => agent.description,
};

interface ScheduleFields extends BodyOptions {
  readonly cron?: string;
  readonly timezone?: string;
  readonly every?: number;
  readonly prompt?: string;
  readonly user?: string;
  readonly agent?: string;
  readonly connection?: string[];
}

/** `pawl schedules`: prompts that are posted by the clock. */
export function addSchedules(program: Command, open: Open): void {
  const schedules = program.command('schedules').description('prompts that the clock posts');

  withCommonOptions(schedules.command('list', { isDefault: true }))
    .description('show them')
    .option('--limit <number>', 'how many at most', wholeNumber, 50)
    .action(async ({ limit, ...options }: ListOptions) => {
      const context = open(options);
      const listing = context.client.schedules.list({ limit: 100, signal: context.signal });
      await showList(context, listing, {
        columns: scheduleColumns,
        limit,
        empty: 'There is none.',
      });
    });

  withCommonOptions(schedules.command('show'))
    .argument('<schedule>')
    .action(async (id: string, options: CommonOptions) => {
      const context = open(options);
      showDefinition(context, await context.client.schedules.get(id, { signal: context.signal }));
    });

  withCommonOptions(schedules.command('create'))
    .description('make one')
    .option('--cron <expression>', "such as '0 8 * * MON-FRI'")
    .option('--timezone <name>', 'such as Europe/Berlin (default: UTC)')
    .option('--every <seconds>', 'in place of --cron', wholeNumber)
    .option('--prompt <text>')
    .option('--user <identifier>')
    .option('--agent <name>')
    .option('--connection <name>', 'repeatable', collect)
    .option('--file <path>', fileHelp)
    .action(async ({ file, url, json, ...fields }: ScheduleFields) => {
      const context = open({ url, json });
      const { cron, timezone, every, connection, ...job } = fields;
      const jobFields = given({ ...job, connections: connection });
      const body = await bodyOf<Parameters<typeof context.client.schedules.create>[0]>(
        context,
        file,
        {
          cron,
          timezone,
          every_seconds: every,
          job: Object.keys(jobFields).length === 0 ? undefined : jobFields,
        },
      );
      const schedule = await context.client.schedules.create(body, { signal: context.signal });
      showOne(context, schedule, [
        line(`${schedule.id} is made. Its first run: ${schedule.next_run_at ?? 'none'}.`),
      ]);
    });

  const addSwitch = (name: string, enabled: boolean, description: string) =>
    withCommonOptions(schedules.command(name))
      .description(description)
      .argument('<schedule>')
      .action(async (id: string, options: CommonOptions) => {
        const context = open(options);
        const { client, signal } = context;
        const schedule = await client.schedules.update(id, { enabled }, { signal });
        showOne(context, schedule, [line(`${schedule.id} is ${schedule.status}.`)]);
      });
  addSwitch('pause', false, 'post nothing until it is resumed');
  addSwitch('resume', true, 'go on with the next slot');

  withCommonOptions(schedules.command('run'))
    .description('post its job now')
    .argument('<schedule>')
    .action(async (id: string, options: CommonOptions) => {
      const context = open(options);
      const job = await context.client.schedules.trigger(id, { signal: context.signal });
      showOne(context, job, jobLines(job));
    });

  withCommonOptions(schedules.command('preview'))
    .description('show the next five times, without making a schedule')
    .option('--cron <expression>')
    .option('--timezone <name>')
    .option('--every <seconds>', 'in place of --cron', wholeNumber)
    .action(async ({ cron, timezone, every, ...options }: ScheduleFields) => {
      const context = open(options);
      const preview = await context.client.schedules.preview(
        given({ cron, timezone, every_seconds: every }),
        { signal: context.signal },
      );
      showOne(
        context,
        preview,
        preview.next_runs.map((time) => line(time)),
      );
    });

  addDelete(schedules, open, (client, id, signal) => client.schedules.delete(id, { signal }));
}

const scheduleColumns = {
  id: (schedule: Schedule) => schedule.id,
  status: (schedule: Schedule) => schedule.status,
  when: ({ cron, timezone, every_seconds: seconds }: Schedule) =>
    cron === null ? `every ${seconds} s` : `${cron}${timezone === null ? '' : ` ${timezone}`}`,
  next: (schedule: Schedule) => schedule.next_run_at,
  last: ({ last_job: job }: Schedule) => job?.status,
  prompt: ({ job }: Schedule) => job['prompt'],
};

/** `pawl triggers`: addresses to which others send events that become jobs. */
export function addTriggers(program: Command, open: Open): void {
  const triggers = program
    .command('triggers')
    .description('addresses to which others send events that become jobs');

  withCommonOptions(triggers.command('list', { isDefault: true }))
    .description('show them')
    .option('--limit <number>', 'how many at most', wholeNumber, 50)
    .action(async ({ limit, ...options }: ListOptions) => {
      const context = open(options);
      const listing = context.client.triggers.list({ limit: 100, signal: context.signal });
      await showList(context, listing, { columns: triggerColumns, limit, empty: 'There is none.' });
    });

  withCommonOptions(triggers.command('show'))
    .argument('<trigger>')
    .action(async (id: string, options: CommonOptions) => {
      const context = open(options);
      showDefinition(context, await context.client.triggers.get(id, { signal: context.signal }));
    });

  withCommonOptions(triggers.command('create'))
    .description('make one, and print its address')
    .requiredOption('--file <path>', `${fileHelp}. A secret does not belong on a command line`)
    .action(async ({ file = '-', ...options }: BodyOptions) => {
      const context = open(options);
      const body = await bodyOf<Parameters<typeof context.client.triggers.create>[0]>(
        context,
        file,
        {},
      );
      const trigger = await context.client.triggers.create(body, { signal: context.signal });
      showOne(context, trigger, [line(`${trigger.id} is made: ${trigger.url}`)]);
    });

  const addSwitch = (name: string, enabled: boolean, description: string) =>
    withCommonOptions(triggers.command(name))
      .description(description)
      .argument('<trigger>')
      .action(async (id: string, options: CommonOptions) => {
        const context = open(options);
        const { client, signal } = context;
        const trigger = await client.triggers.update(id, { enabled }, { signal });
        showOne(context, trigger, [line(`${trigger.id} is ${trigger.enabled ? 'on' : 'off'}.`)]);
      });
  addSwitch('disable', false, 'take no events');
  addSwitch('enable', true, 'take events again');

  withCommonOptions(triggers.command('events'))
    .description('show what has come, and what became of it')
    .argument('<trigger>')
    .option('--limit <number>', 'how many at most', wholeNumber, 20)
    .action(async (id: string, { limit, ...options }: ListOptions) => {
      const context = open(options);
      const listing = context.client.triggers.events(id, { limit: 100, signal: context.signal });
      await showList(context, listing, {
        columns: eventColumns,
        limit,
        empty: 'Nothing has come.',
      });
    });

  addDelete(triggers, open, (client, id, signal) => client.triggers.delete(id, { signal }));
}

const triggerColumns = {
  id: (trigger: Trigger) => trigger.id,
  enabled: (trigger: Trigger) => (trigger.enabled ? 'on' : 'off'),
  verify: (trigger: Trigger) => trigger.verify.type,
  agent: (trigger: Trigger) => trigger.agent,
  rejected: (trigger: Trigger) => trigger.rejected_requests.count,
  description: (trigger: Trigger) => trigger.description,
};

const eventColumns = {
  received: (event: TriggerEvent) => event.received_at,
  status: (event: TriggerEvent) => event.status,
  job: (event: TriggerEvent) => event.job,
  event: (event: TriggerEvent) => event.event,
  reason: (event: TriggerEvent) => event.reason,
};

function addDelete(
  parent: Command,
  open: Open,
  remove: (client: CommandContext['client'], id: string, signal: AbortSignal) => Promise<void>,
): void {
  withCommonOptions(parent.command('delete'))
    .description('remove them')
    .argument('<id...>')
    .action(async (ids: string[], options: CommonOptions) => {
      const context = open(options);
      for (const id of ids) {
        await remove(context.client, id, context.signal);
        showOne(context, { id, deleted: true }, [line(`${singleLine(id)} is deleted.`)]);
      }
    });
}

/** What people write is read best as it is: field by field. */
function showDefinition(context: CommandContext, thing: object): void {
  const lines: Line[] = Object.entries(thing)
    .filter(([, value]) => value !== null && value !== undefined)
    .map(([name, value]) =>
      line(`${name}: ${typeof value === 'string' ? singleLine(value) : plainJson(value)}`),
    );
  showOne(context, thing, lines);
}
