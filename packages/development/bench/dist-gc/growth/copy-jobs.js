import { newId } from '@pawl/contracts';
/** Copies that are on their way to Redis at a time. */
const batch = 500;
/**
 * Keeps so many jobs more, as if each had been run: all keys of one, under ids of their own, and its entries in every
 * index. What stands in them still names the first one's ids, which nobody reads.
 */
export async function copyEndedJob({ redis, keys }, { job, conversation }, count) {
  const own = keys.conversationJobs(conversation);
  const indexes = (await indexesOf(redis, { job, conversation })).filter(({ key }) => key !== own);
  for (let done = 0; done < count; done += batch) {
    const pipeline = redis.pipeline();
    for (let copy = done; copy < Math.min(count, done + batch); copy += 1) {
      const ids = { job: newId('job', 0), conversation: newId('conversation', 0) };
      pipeline
        .copy(keys.job(job), keys.job(ids.job))
        .copy(keys.steps(job), keys.steps(ids.job))
        .copy(keys.conversation(conversation), keys.conversation(ids.conversation))
        .zadd(keys.conversationJobs(ids.conversation), 0, ids.job)
        .rpush(keys.startedJobs(ids.conversation), ids.job);
      for (const { key, of, score } of indexes) pipeline.zadd(key, score, ids[of]);
    }
    for (const [error] of (await pipeline.exec()) ?? []) if (error !== null) throw error;
  }
}
/** Every sorted set in which the job or its conversation stands. */
async function indexesOf(redis, ended) {
  // SCAN may answer a key twice.
  const names = new Set();
  for await (const found of redis.scanStream({ type: 'zset', count: 1_000 })) {
    for (const key of found) names.add(key);
  }
  const entries = [...names].flatMap((key) =>
    ['job', 'conversation'].map(async (of) => {
      const score = await redis.zscore(key, ended[of]);
      return score === null ? [] : [{ key, of, score }];
    }),
  );
  return (await Promise.all(entries)).flat();
}
//# sourceMappingURL=copy-jobs.js.map
