import type { PawlClient } from '@pawl/client';
import type { Command } from 'commander';
import { type Line, line, plainJson } from '../journey/lines.ts';
import { tableLines } from '../output/table.ts';

/** What a command works with once its flags are known. */
export interface CommandContext {
  readonly client: PawlClient;
  /** True: what is written to stdout is JSON alone. */
  readonly json: boolean;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
  /** What stdin holds, as text. */
  readonly readInput: () => Promise<string>;
  readonly print: (lines: readonly Line[]) => void;
  /** Text as it is, without styles, such as a key or a script. */
  readonly write: (text: string) => void;
}

/** Flags that every command has. */
export interface CommonOptions {
  readonly url?: string | undefined;
  readonly json?: boolean | undefined;
}

/** Makes the context of one command. */
export type Open = (options: CommonOptions) => CommandContext;

/** Adds the flags that every command has. */
export function withCommonOptions(command: Command): Command {
  return command
    .option('--json', 'print JSON')
    .option('--url <gateway>', 'where the gateway is (default: PAWL_URL or http://localhost:3000)');
}

/** Shows one thing: its JSON, or what a person wants to know of it. */
export function showOne(context: CommandContext, thing: unknown, lines: readonly Line[]): void {
  if (context.json) context.write(`${plainJson(thing, 2)}\n`);
  else context.print(lines);
}

/** A column of a list: its heading, and what it says of an item. */
type Columns<Item> = Readonly<Record<string, (item: Item) => unknown>>;

export interface ListSettings<Item> {
  readonly columns: Columns<Item>;
  /** How many are shown at most, over pages. */
  readonly limit: number;
  /** Said where there is nothing. */
  readonly empty: string;
}

/** Shows a list as a table, or as one JSON object with `data`. */
export async function showList<Item>(
  context: CommandContext,
  listing: AsyncIterable<Item>,
  { columns, limit, empty }: ListSettings<Item>,
): Promise<void> {
  const data: Item[] = [];
  let hasMore = false;
  for await (const item of listing) {
    hasMore = data.length === limit;
    if (hasMore) break;
    data.push(item);
  }
  if (context.json) {
    context.write(`${plainJson({ object: 'list', data, has_more: hasMore }, 2)}\n`);
    return;
  }
  if (data.length === 0) context.print([line(empty, 'dim')]);
  else context.print(tableLines(data, columns));
  if (hasMore) context.print([line(`There are more: --limit shows more than ${limit}.`, 'dim')]);
}
