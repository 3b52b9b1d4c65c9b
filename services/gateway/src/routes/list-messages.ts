import type { ConversationMessage, ConversationMessageList } from '@pawl/contracts';
import { z } from 'zod';
import type { Gateway } from '../gateway.ts';
import type { TenantHandler } from '../http/authenticate.ts';
import { invalidCursor } from '../http/page.ts';
import { parseInput } from '../http/parse-input.ts';
import { wholeNumber } from '../http/whole-number.ts';
import { showMessages } from '../present/show-messages.ts';
import { findConversation } from './find-conversation.ts';

const Query = z.strictObject({
  limit: wholeNumber({ minimum: 1, maximum: 100 }).default(50),
  cursor: z.string().min(1).max(1_000).optional(),
});

/** Where a page begins: the message at this position of this job. */
interface Place {
  readonly job: string;
  readonly position: number;
}

/** `GET /v1/conversations/{id}/messages`, oldest first. Only the jobs that a page shows are read. */
export function listMessages(gateway: Gateway): TenantHandler {
  return async (request, response, tenant) => {
    const { limit, cursor } = parseInput(Query, request.query);
    const { id } = await findConversation(gateway, { id: request.params['id'], tenant });
    const start = cursor === undefined ? undefined : decodeCursor(cursor);
    const data: ConversationMessage[] = [];
    let next: Place | undefined;
    for await (const job of startedJobs(gateway, id, start?.job)) {
      const history = await gateway.store.readHistory(job);
      if (history === undefined) continue;
      const first = job === start?.job ? start.position : 0;
      const messages = showMessages(history).slice(first);
      const room = limit - data.length;
      data.push(...messages.slice(0, room));
      if (messages.length > room) {
        next = { job, position: first + room };
        break;
      }
    }
    const list: ConversationMessageList = {
      object: 'list',
      data,
      next_cursor: next === undefined ? null : encodeCursor(next),
    };
    response.json(list);
  };
}

/** A conversation may have any number of jobs: their ids are read so many at a time. */
const piece = 50;

/**
 * The conversation's jobs that have started, from the given one on.
 *
 * @throws ProblemError when the given one is not among them.
 */
async function* startedJobs(
  { store }: Gateway,
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

const Cursor = z.tuple([z.string(), z.int().nonnegative()]);

function encodeCursor({ job, position }: Place): string {
  return Buffer.from(JSON.stringify([job, position])).toString('base64url');
}

function decodeCursor(cursor: string): Place {
  try {
    const [job, position] = Cursor.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString()));
    return { job, position };
  } catch {
    throw invalidCursor();
  }
}
