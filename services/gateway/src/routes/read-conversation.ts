import {
  type ConversationList,
  type ConversationResource,
  type ConversationState,
  User,
} from '@pawl/contracts';
import { instant } from '@pawl/engine';
import { InvalidCursorError } from '@pawl/store';
import { z } from 'zod';
import type { Gateway } from '../gateway.ts';
import type { TenantHandler } from '../http/authenticate.ts';
import { withoutQuery } from '../http/mount.ts';
import { parseInput } from '../http/parse-input.ts';
import { invalidCursor, wholeNumber } from '../http/query.ts';
import { findConversation } from './find.ts';

export const ListConversationsQuery = z.strictObject({
  user: User.optional(),
  limit: wholeNumber({ minimum: 1, maximum: 100 }).default(20),
  cursor: z.string().min(1).max(1_000).optional(),
});

/** `GET /v1/conversations`, newest first. */
export function listConversations(gateway: Gateway): TenantHandler {
  return async (request, response, tenant) => {
    const query = parseInput(ListConversationsQuery, request.query);
    const { items, nextCursor } = await gateway.engine.store
      .listConversations({ ...query, tenant })
      .catch((error: unknown) => {
        throw error instanceof InvalidCursorError ? invalidCursor() : error;
      });
    const list: ConversationList = {
      object: 'list',
      data: items.map(viewOf),
      next_cursor: nextCursor,
    };
    response.json(list);
  };
}

/** `GET /v1/conversations/{id}`. */
export function readConversation(gateway: Gateway): TenantHandler {
  return withoutQuery(async (request, response, tenant) => {
    response.json(viewOf(await findConversation(gateway, { id: request.params['id'], tenant })));
  });
}

function viewOf({ id, user, active, createdAt }: ConversationState): ConversationResource {
  return {
    id,
    object: 'conversation',
    user,
    active_job: active,
    created_at: instant(createdAt),
  };
}
