import { Limits, newId } from '@pawl/contracts';
import { admit, linksOf, defaultRules } from '@pawl/engine';
import { createTaskQueue, createTaskScript } from '@pawl/queue';
import { connectRedis } from '@pawl/runtime';
import { createKeys, createStore } from '@pawl/store';
export const connection = 'gmail';
/** Admits jobs as the gateway does, without HTTP. */
export function connectPawl(redisUrl) {
  const redis = connectRedis(redisUrl, 'worker');
  const subscriber = connectRedis(redisUrl, 'subscriber');
  const listener = connectRedis(redisUrl, 'subscriber');
  const keys = createKeys('pawl');
  const store = createStore({
    redis,
    subscriber,
    shards: 1,
    retention: { jobs: { age: 86_400_000 } },
    tasks: createTaskScript(keys),
  });
  const queue = createTaskQueue({ connection: redis, keys, shards: 1 });
  const engine = {
    store,
    queue,
    rules: defaultRules,
    now: Date.now,
    random: Math.random,
    onLostWake: () => undefined,
    links: linksOf('http://localhost'),
  };
  const ends = followEnds(listener, keys.changes('job_0_'), async (id) => {
    const job = await store.readJob(id);
    if (job?.phase.name !== 'ended') return undefined;
    const { ending } = job.phase;
    if (ending.status !== 'completed') {
      throw new Error(`job ${id} has not completed: ${JSON.stringify(ending)}`);
    }
    return job.sequence;
  });
  return {
    async job(prompt, conversation = { id: newId('conversation', 0), isNew: true }) {
      const id = newId('job', 0);
      const ended = ends.of(id);
      const outcome = await admit(engine, {
        id,
        tenant: 'default',
        user: 'bench',
        conversation: conversation.id,
        startsConversation: conversation.isNew,
        request: {
          prompt,
          models: ['bench/no-op'],
          modelOptions: {},
          instructions: '',
          connections: [connection],
          tools: {},
          metadata: {},
        },
        limits: Limits.parse({}),
        onUnknownOutcome: 'ask',
        priority: 0,
        whenBusy: 'queue',
      });
      if (outcome.kind !== 'admitted') throw new Error(`not admitted: ${outcome.kind}`);
      await ended;
    },
    async close() {
      await queue.close();
      for (const each of [redis, subscriber, listener]) each.disconnect();
    },
  };
}
/**
 * Tells the end of jobs, with as few questions as can be: a job is read only once it has had as many commits as the
 * shortest one before it.
 */
function followEnds(listener, channels, readEnd) {
  const waiting = new Map();
  let fewest;
  const settle = async (id) => {
    try {
      const end = await readEnd(id);
      if (end === undefined) return;
      fewest ??= end;
      waiting.get(id)?.resolve();
      waiting.delete(id);
    } catch (error) {
      waiting.get(id)?.reject(error);
    }
  };
  const ready = listener.psubscribe(`${channels}*`);
  listener.on('pmessage', (_pattern, channel, message) => {
    const id = channel.slice(channel.lastIndexOf(':') + 1);
    if (!waiting.has(id) || Number(message.split(' ')[0]) < (fewest ?? 0)) return;
    void settle(id);
  });
  return {
    async of(id) {
      const ended = new Promise((resolve, reject) => waiting.set(id, { resolve, reject }));
      ended.catch(() => undefined);
      await ready;
      await ended;
    },
  };
}
//# sourceMappingURL=pawl-client.js.map
