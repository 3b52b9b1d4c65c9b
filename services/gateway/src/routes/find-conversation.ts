import { ConversationId, type ConversationState } from '@pawl/contracts';
import type { Gateway } from '../gateway.ts';
import { notFound } from '../http/problem-error.ts';

/**
 * A tenant's conversation.
 *
 * @throws ProblemError `not_found` for what is no conversation, and for another tenant's.
 */
export async function findConversation(
  { store }: Gateway,
  { id, tenant }: { id: unknown; tenant: string },
): Promise<ConversationState> {
  const parsed = ConversationId.safeParse(id);
  if (!parsed.success || !store.knowsShardOf(parsed.data)) {
    throw notFound(`conversation ${String(id).slice(0, 80)}`);
  }
  const conversation = await store.readConversationState(parsed.data);
  if (conversation?.tenant !== tenant) throw notFound(`conversation ${parsed.data}`);
  return conversation;
}
