import type { Event, JobStreamEvent, TenantStreamEvent } from '@pawl/client';
import type { Command } from 'commander';
import { type Line, line, plainJson, plainText, singleLine } from '../journey/lines.ts';
import { type CommonOptions, type Open, withCommonOptions } from './context.ts';
import { given } from './options.ts';

interface WatchOptions extends CommonOptions {
  readonly user?: string;
  readonly agent?: string;
  readonly conversation?: string;
  readonly schedule?: string;
  readonly deltas?: true;
}

/** `pawl watch`: what happens, as it happens. */
export function addWatch(program: Command, open: Open): void {
  withCommonOptions(program.command('watch'))
    .description('show what happens, as it happens: of one job until it ends, or of all')
    .argument('[job]', 'default: all jobs of the tenant, until Ctrl-C')
    .option('--user <identifier>', 'of this person; not with a job')
    .option('--agent <name>', 'of this agent; not with a job')
    .option('--conversation <id>', 'not with a job')
    .option('--schedule <id>', 'not with a job')
    .option('--deltas', 'the text of the model too, as it comes; with a job')
    .action(async (job: string | undefined, options: WatchOptions) => {
      const { deltas = false, url, json, ...filter } = options;
      const context = open({ url, json });
      const { client, signal } = context;
      const stream: AsyncIterable<JobStreamEvent | TenantStreamEvent> =
        job === undefined
          ? client.events.stream({ ...given(filter), signal })
          : client.jobs.stream(job, { deltas, signal });
      for await (const event of stream) {
        if (context.json) context.write(`${plainJson(event)}\n`);
        else if (event.type === 'turn.delta') context.write(plainText(event.text));
        else context.print(eventLines(event));
      }
    });
}

/** What happened, on a line; several where there is a text to read. */
function eventLines(event: JobStreamEvent | TenantStreamEvent): Line[] {
  switch (event.type) {
    case 'stream.opened':
      return [line('Watching. Ctrl-C ends it.', 'dim')];
    case 'stream.trimmed':
      return [line('What happened before this is not kept any more.', 'dim')];
    case 'job.snapshot':
      return [line(`${event.data.id} is ${event.data.status}.`, 'dim')];
    case 'turn.discarded':
      return [line('The text above is no answer: the model is asked again.', 'dim')];
    case 'turn.delta':
      return [];
    default:
      return [
        line(`${event.created_at}  ${event.job}  ${event.type}${detailsOf(event)}`, styleOf(event)),
      ];
  }
}

/** What the fields of an event say that are its own. */
function detailsOf(event: Event): string {
  const fields = event as unknown as Readonly<Record<string, string | number | null | undefined>>;
  const parts = [
    fields['tool'] ?? (fields['turn'] === undefined ? undefined : `turn ${fields['turn']}`),
    fields['code'] ?? fields['stop_reason'] ?? fields['action'] ?? fields['by'],
  ].filter((part) => part !== undefined);
  return parts.length === 0 ? '' : `  ${singleLine(parts.map(String).join(', '))}`;
}

function styleOf({ type }: Event): Line['style'] {
  if (type.endsWith('.failed') || type.endsWith('.expired')) return 'failure';
  if (type === 'job.completed') return 'success';
  return type === 'job.requires_action' ? 'strong' : 'plain';
}
