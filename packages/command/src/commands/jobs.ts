import type { Job, JobStatus, JobStep } from '@pawl/client';
import { type Command, Option } from 'commander';
import { type Line, line, plainText, singleLine } from '../journey/lines.ts';
import { type CommonOptions, type Open, showList, showOne, withCommonOptions } from './context.ts';
import { collectPair, given, wholeNumber } from './options.ts';

const statuses: readonly JobStatus[] = [
  'queued',
  'in_progress',
  'requires_action',
  'completed',
  'incomplete',
  'failed',
  'cancelled',
  'expired',
];

interface ListOptions extends CommonOptions {
  readonly status?: JobStatus;
  readonly user?: string;
  readonly agent?: string;
  readonly conversation?: string;
  readonly schedule?: string;
  readonly tool?: string;
  readonly errorCode?: string;
  readonly metadata?: Record<string, string>;
  readonly search?: string;
  readonly limit: number;
}

/** `pawl jobs`: find, look at, stop and repeat. */
export function addJobs(program: Command, open: Open): void {
  const jobs = program.command('jobs').description('find jobs, look at them, stop them');

  withCommonOptions(jobs.command('list', { isDefault: true }))
    .description('show jobs, the newest first')
    .addOption(new Option('--status <status>').choices(statuses))
    .option('--user <identifier>', 'of this person')
    .option('--agent <name>', 'of this agent')
    .option('--conversation <id>')
    .option('--schedule <id>')
    .option('--tool <name>', 'that called this tool')
    .option('--error-code <code>', 'that failed with it')
    .option('--metadata <key=value>', 'with this pair; repeatable', collectPair)
    .option('--search <text>', 'with this text in the prompt')
    .option('--limit <number>', 'how many at most', wholeNumber, 20)
    .action(async ({ limit, errorCode, search, url, json, ...filter }: ListOptions) => {
      const context = open({ url, json });
      const query = given({ ...filter, error_code: errorCode, q: search });
      const listing = context.client.jobs.list({
        ...query,
        limit: Math.min(100, limit + 1),
        signal: context.signal,
      });
      await showList(context, listing, { columns, limit, empty: 'No job is like that.' });
    });

  withCommonOptions(jobs.command('show'))
    .description('show a job and what it did')
    .argument('<job>')
    .action(async (id: string, options: CommonOptions) => {
      const context = open(options);
      const { client, signal } = context;
      const job = await client.jobs.get(id, { signal });
      const steps: JobStep[] = [];
      for await (const step of client.jobs.steps(id, { signal })) steps.push(step);
      showOne(context, { ...job, steps }, [...jobLines(job), ...steps.map(stepLine)]);
    });

  withCommonOptions(jobs.command('cancel'))
    .description('stop jobs, at whatever they do')
    .argument('<job...>')
    .action((ids: string[], options: CommonOptions) =>
      forEach(open(options), ids, (client, id, signal) => client.jobs.cancel(id, { signal })),
    );

  withCommonOptions(jobs.command('retry'))
    .description('let failed, incomplete or expired jobs go on from where they stopped')
    .argument('<job...>')
    .action((ids: string[], options: CommonOptions) =>
      forEach(open(options), ids, (client, id, signal) => client.jobs.retry(id, {}, { signal })),
    );

  withCommonOptions(jobs.command('delete'))
    .description('erase jobs that have ended, with all that is known of them')
    .argument('<job...>')
    .action(async (ids: string[], options: CommonOptions) => {
      const context = open(options);
      for (const id of ids) {
        await context.client.jobs.delete(id, { signal: context.signal });
        showOne(context, { id, deleted: true }, [line(`${id} is erased.`)]);
      }
    });
}

const columns = {
  id: (job: Job) => job.id,
  status: (job: Job) => job.status,
  created: (job: Job) => job.created_at,
  user: (job: Job) => job.user,
  prompt: (job: Job) => job.prompt,
};

async function forEach(
  context: ReturnType<Open>,
  ids: readonly string[],
  change: (client: typeof context.client, id: string, signal: AbortSignal) => Promise<Job>,
): Promise<void> {
  for (const id of ids) {
    const job = await change(context.client, id, context.signal);
    showOne(context, job, [line(`${job.id} is ${job.status}.`)]);
  }
}

/** What a person wants to know of a job first. */
export function jobLines(job: Job): Line[] {
  const { result, error, usage, required_action: action } = job;
  const cost = usage.cost_usd === 0 ? '' : `, $${usage.cost_usd.toFixed(4)}`;
  const tokens = `${usage.input_tokens} + ${usage.output_tokens} tokens`;
  return [
    line(`${job.id}  ${job.status}`, 'strong'),
    line(`user ${singleLine(job.user)}, ${job.conversation}, ${job.created_at}`, 'dim'),
    line(
      `${usage.model_calls} model calls, ${usage.tool_calls} tool calls, ${tokens}${cost}`,
      'dim',
    ),
    line(`> ${singleLine(job.prompt)}`),
    ...(action === null
      ? []
      : [
          line(
            `It waits for a person: ${action.type}${'url' in action && action.url !== null ? `, ${action.url}` : ''}`,
            'link',
          ),
        ]),
    ...(error === null ? [] : [line(`${error.code}: ${singleLine(error.message)}`, 'failure')]),
    ...(result === null ? [] : [line(plainText(result.text))]),
  ];
}

function stepLine(step: JobStep): Line {
  const name = step.type === 'turn' ? `turn ${step.turn}` : `  ${step.tool}`;
  const attempts = step.attempts > 1 ? `, attempt ${step.attempts}` : '';
  const problem = step.error === null ? '' : ` (${step.error.code}: ${step.error.message})`;
  const style = step.error === null ? 'dim' : 'failure';
  return line(
    `${name === '' ? '' : '  '}${singleLine(name)}: ${step.status}${attempts}${singleLine(problem)}`,
    style,
  );
}
