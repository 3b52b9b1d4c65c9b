import type { ConversationMessage, ConversationMessageList } from '@pawl/contracts';
import type { StepPlace } from '@pawl/store';
import { z } from 'zod';
import type { Gateway } from '../gateway.ts';
import type { TenantHandler } from '../http/authenticate.ts';
import { parseInput } from '../http/parse-input.ts';
import { invalidCursor, pageBytes, wholeNumber } from '../http/query.ts';
import { viewOfMessages } from '../views.ts';
import { findConversation } from './find.ts';

export const ListMessagesQuery = z.strictObject({
  limit: wholeNumber({ minimum: 1, maximum: 100 }).default(50),
  cursor: z.string().min(1).max(1_000).optional(),
});

/** Where a page begins: with the prompt of a job, or with one of its steps. */
interface Place {
  readonly job: string;
  readonly step: StepPlace | undefined;
}

/** `GET /v1/conversations/{id}/messages`, oldest first. Only what a page shows is read. */
export function listMessages(gateway: Gateway): TenantHandler {
  return async (request, response, tenant) => {
    const { limit, cursor } = parseInput(ListMessagesQuery, request.query);
    const { id } = await findConversation(gateway, { id: request.params['id'], tenant });
    const start = cursor === undefined ? undefined : decodeCursor(cursor);
    const page: Page = { data: [], room: limit, bytes: pageBytes };
    let next: Place | undefined;
    for await (const job of startedJobs(gateway, id, start?.job)) {
      const step = job === start?.job ? start.step : undefined;
      next = isFull(page) ? { job, step } : await addJob(gateway, page, { job, step });
      if (next !== undefined) break;
    }
    const list: ConversationMessageList = {
      object: 'list',
      data: page.data,
      next_cursor: next === undefined ? null : encodeCursor(next),
    };
    response.json(list);
  };
}

interface Page {
  readonly data: ConversationMessage[];
  /** Messages that it may still take. */
  room: number;
  /** Bytes until it ends; its last messages may pass them. */
  bytes: number;
}

function isFull({ room, bytes }: Page): boolean {
  return room <= 0 || bytes <= 0;
}

/** Adds the messages of a job from a place on; answers where the next page begins, if the page is full before its end. */
async function addJob(
  { engine: { store } }: Gateway,
  page: Page,
  { job, step: first }: Place,
): Promise<Place | undefined> {
  for (let step = first; ;) {
    const history = await store.readHistoryPiece(job, {
      from: step ?? { turn: 0, index: -1 },
      // The prompt is a message, too.
      steps: page.room - (step === undefined ? 1 : 0),
      bytes: page.bytes,
    });
    if (history === undefined) return undefined;
    const { messages, isCut } = viewOfMessages(history);
    const added = messages.slice(shownBefore(step));
    page.data.push(...added);
    page.room -= added.length;
    page.bytes -= Buffer.byteLength(JSON.stringify(added));
    // What follows a call that is open is shown once that has its answer.
    if (isCut || history.next === undefined) return undefined;
    if (isFull(page)) return { job, step: history.next };
    step = history.next;
  }
}

/** Messages at the beginning of a piece that an earlier page has shown: the prompt, and the reply that asks for the call. */
function shownBefore(step: StepPlace | undefined): number {
  if (step === undefined) return 0;
  return step.index < 0 ? 1 : 2;
}

/** A conversation may have any number of jobs: their ids are read so many at a time. */
const piece = 50;

/**
 * The conversation's jobs that have started, from the given one on.
 *
 * @throws ProblemError when the given one is not among them.
 */
async function* startedJobs(
  { engine: { store } }: Gateway,
  conversation: string,
  first: string | undefined,
): AsyncGenerator<string> {
  const read = (where: 'from' | 'after', job: string | undefined) =>
    store.startedJobs(conversation, { where, job, limit: piece });
  let jobs = await read('from', first);
  if (jobs === undefined) throw invalidCursor();
  while (jobs !== undefined && jobs.length > 0) {
    yield* jobs;
    jobs = await read('after', jobs.at(-1));
  }
}

const Cursor = z.union([
  z.tuple([z.string()]),
  z.tuple([z.string(), z.int().nonnegative(), z.int().min(-1)]),
]);

function encodeCursor({ job, step }: Place): string {
  const parts = step === undefined ? [job] : [job, step.turn, step.index];
  return Buffer.from(JSON.stringify(parts)).toString('base64url');
}

function decodeCursor(cursor: string): Place {
  try {
    const [job, turn, index] = Cursor.parse(
      JSON.parse(Buffer.from(cursor, 'base64url').toString()),
    );
    return { job, step: turn === undefined || index === undefined ? undefined : { turn, index } };
  } catch {
    throw invalidCursor();
  }
}
