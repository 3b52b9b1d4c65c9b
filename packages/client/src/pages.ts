import { PawlAnswerError } from './request/errors.ts';
import type { QueryValue } from './request/exchange.ts';
import type { OperationId } from './request/operations.ts';
import type { AnswerOf, CallOptions, OptionsOf, Send } from './request/send.ts';
import type { Page } from './types.ts';

/** Awaited it is the page that was asked for; iterated it is all items from there on, page after page. */
export interface Listing<Item> extends Promise<Page<Item>>, AsyncIterable<Item> {}

interface ListAnswer<Item> {
  readonly object: 'list';
  readonly data: readonly Item[];
  readonly next_cursor?: string | null;
}

/** The operations that answer with a list. */
type ListOperationId = {
  [Id in OperationId]: AnswerOf<Id> extends ListAnswer<unknown> ? Id : never;
}[OperationId];

type ItemOf<Id extends ListOperationId> =
  AnswerOf<Id> extends ListAnswer<infer Item> ? Item : never;

/** The list with which an operation answers. The first page is asked for at once, the others when they are needed. */
export function list<Id extends ListOperationId>(
  send: Send,
  operation: Id,
  options: OptionsOf<Id> | undefined,
  path: Readonly<Record<string, string>> = {},
): Listing<ItemOf<Id>> {
  const { signal, ...query } = (options ?? {}) as CallOptions & Record<string, QueryValue>;
  const load = async (cursor?: string): Promise<Page<ItemOf<Id>>> => {
    const call = { path, query: cursor === undefined ? query : { ...query, cursor }, signal };
    const answer = (await send(operation, call)) as ListAnswer<ItemOf<Id>>;
    if (Array.isArray(answer.data)) return { ...answer, next_cursor: answer.next_cursor ?? null };
    throw new PawlAnswerError('The answer to a list has no "data". Is the address the gateway\'s?');
  };
  const first = load();
  return Object.assign(first, { [Symbol.asyncIterator]: () => iterate(first, load) });
}

async function* iterate<Item>(
  first: Promise<Page<Item>>,
  load: (cursor: string) => Promise<Page<Item>>,
): AsyncGenerator<Item> {
  let page = await first;
  for (;;) {
    yield* page.data;
    const cursor = page.next_cursor;
    if (cursor === null) return;
    page = await load(cursor);
    if (page.next_cursor === cursor) {
      throw new PawlAnswerError('A page of a list names itself as the next one.');
    }
  }
}
