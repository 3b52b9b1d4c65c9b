import { Limits, newId } from '@pawl/contracts';
import { admit, linksOf, defaultRules, type Engine } from '@pawl/engine';
import { createTaskQueue, createTaskScript } from '@pawl/queue';
import { connectRedis } from '@pawl/runtime';
import { createKeys, createStore, type PawlStore } from '@pawl/store';
import { connection } from './no-op.ts';

export interface PawlClient {
  /** What the services keep in Redis. */
  readonly store: PawlStore;
  /**
   * Admits a job for this prompt, in a conversation of its own or behind the jobs of this one, and resolves when it has
   * completed.
   */
  job(
    prompt: string,
    conversation?: { readonly id: string; readonly isNew: boolean },
  ): Promise<void>;
  close(): Promise<void>;
}

/** Admits jobs as the gateway does, without HTTP. */
export function connectPawl(redisUrl: string): PawlClient {
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
  const engine: Engine = {
    store,
    queue,
    rules: defaultRules,
    now: Date.now,
    random: Math.random,
    onLostWake: () => undefined,
    links: linksOf('http://localhost'),
  };
  const ends = followEnds(listener, keys.statusChanges('job_0_'));
  return {
    store,
    async job(prompt, conversation = { id: newId('conversation', 0), isNew: true }) {
      const id = newId('job', 0);
      const ended = ends.of(id);
      const outcome = await admit(engine, {
        id,
        isNew: true,
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

/** Tells the end of jobs by what is published of each commit: the sequence, and the status. */
function followEnds(listener: ReturnType<typeof connectRedis>, channels: string) {
  const waiting = new Map<string, { resolve: () => void; reject: (error: unknown) => void }>();
  const ready = listener.psubscribe(`${channels}*`);
  listener.on('pmessage', (_pattern: string, channel: string, message: string) => {
    const id = channel.slice(channel.lastIndexOf(':') + 1);
    const waiter = waiting.get(id);
    const [, status] = message.split(' ');
    if (waiter === undefined || status === 'queued' || status === 'in_progress') return;
    waiting.delete(id);
    if (status === 'completed') waiter.resolve();
    else waiter.reject(new Error(`job ${id} is ${status}`));
  });
  return {
    async of(id: string): Promise<void> {
      const ended = new Promise<void>((resolve, reject) => waiting.set(id, { resolve, reject }));
      ended.catch(() => undefined);
      await ready;
      await ended;
    },
  };
}
