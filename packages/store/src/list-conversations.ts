import type { ConversationState } from '@pawl/contracts';
import type { RedisConnection } from '@pawl/runtime';
import type { Keys } from './keys.ts';
import { type ListPage, readPage } from './pages.ts';

export interface ConversationFilter {
  readonly tenant: string;
  readonly user?: string | undefined;
  readonly limit: number;
  readonly cursor?: string | undefined;
}

interface ListDependencies {
  readonly redis: RedisConnection;
  readonly keys: Keys;
  readonly shards: number;
  readonly shardOf: (owner: { tenant: string; user: string }) => number;
  readonly readConversationState: (id: string) => Promise<ConversationState | undefined>;
}

/** The newest first. */
export async function listConversations(
  { redis, keys, shards, shardOf, readConversationState }: ListDependencies,
  filter: ConversationFilter,
): Promise<ListPage<ConversationState>> {
  const { tenant, user } = filter;
  const indexes =
    user === undefined
      ? Array.from({ length: shards }, (_, shard) => keys.conversationsOf(shard, tenant))
      : [keys.conversationsOfUser(shardOf({ tenant, user }), tenant, user)];
  return readPage(redis, { indexes }, filter, async (id) => {
    const conversation = await readConversationState(id);
    return conversation?.tenant === tenant ? conversation : undefined;
  });
}
