import { shardOfId } from '@pawl/contracts';
import type { RedisConnection } from '@pawl/runtime';
import type { Keys } from './keys.ts';

/** The conversation in the text of a job's state, however much of it is damaged. */
const conversationInText = /"conversation":"(conv_\d{1,4}_[0-9A-Za-z-]{1,64})"/;

/** Records that cannot be read are taken out of the sweeper's way, and counted. Nothing of them is changed. */
export function createQuarantine(redis: RedisConnection, keys: Keys, shards: number) {
  return {
    /** Takes a job, a conversation, a delivery or a schedule out of the sweeper's sets. False: it had been before. */
    async quarantine(id: string, now: number): Promise<boolean> {
      const shard = shardOfId(id);
      const swept = [
        keys.runnable(shard),
        keys.deadlines(shard),
        keys.retained(shard),
        keys.held(shard),
        keys.dueDeliveries(shard),
        keys.retainedDeliveries(shard),
        keys.timedSchedules(shard),
        keys.linedSchedules(shard),
      ];
      const commands = redis.multi().zadd(keys.quarantine(shard), 'NX', now, id);
      for (const key of swept) commands.zrem(key, id);
      const [added] = (await commands.exec()) ?? [];
      return added?.[1] === 1;
    },

    async countQuarantined(): Promise<number> {
      const all = Array.from({ length: shards }, (_, shard) => redis.zcard(keys.quarantine(shard)));
      return (await Promise.all(all)).reduce((sum, count) => sum + count, 0);
    },

    /** The conversation of a job whose state cannot be read, if that much can be told. */
    async conversationOfUnreadable(job: string): Promise<string | undefined> {
      const text = await redis.hget(keys.job(job), 'state');
      return conversationInText.exec(text ?? '')?.[1];
    },
  };
}
