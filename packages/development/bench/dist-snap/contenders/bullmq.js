import { randomUUID } from 'node:crypto';
import { Queue, QueueEvents } from 'bullmq';
import { Redis } from 'ioredis';
import { startOwnProgram } from '../start-program.js';
import { startRedis } from '../start-redis.js';
export const prefix = '{bench}';
export const doneChannel = `${prefix}:done`;
export const keep = { removeOnComplete: { count: 1_000 }, removeOnFail: { count: 1_000 } };
/** The floor: three tasks that wake each other, each of which stores its outcome by a compare-and-set in Lua. */
export const bareChain = {
  name: 'chain',
  description:
    'BullMQ alone: turn, tool, turn as three tasks, each committed by a compare-and-set in Lua',
  async start(place) {
    const server = await startRedis(place);
    const worker = await startOwnProgram('chain-main', { REDIS_URL: server.url }, place);
    const connection = new Redis(server.url, { maxRetriesPerRequest: null });
    const subscriber = new Redis(server.url);
    const queue = new Queue('turns', { prefix, connection });
    await queue.waitUntilReady();
    const waiting = new Map();
    await subscriber.subscribe(doneChannel);
    subscriber.on('message', (_channel, id) => {
      waiting.get(id)?.();
      waiting.delete(id);
    });
    return {
      processes: { worker: worker.pid },
      redis: server.redis,
      async job() {
        const id = randomUUID();
        const done = new Promise((resolve) => waiting.set(id, resolve));
        await queue.add('turn', { id, sequence: 0 }, { ...keep, jobId: `${id}-0` });
        await done;
      },
      async stop() {
        await queue.close();
        subscriber.disconnect();
        connection.disconnect();
        await worker.stop();
        await server.stop();
      },
    };
  },
};
/** What many write: one task, whose steps are stored one by one. A worker that dies does the current step again. */
export const oneTask = {
  name: 'one-task',
  description: 'BullMQ alone: everything in one task, each step stored with HSET',
  async start(place) {
    const server = await startRedis(place);
    const worker = await startOwnProgram('one-task-main', { REDIS_URL: server.url }, place);
    const connection = new Redis(server.url, { maxRetriesPerRequest: null });
    const queue = new Queue('jobs', { prefix, connection });
    // Every job that is waited for adds listeners.
    queue.setMaxListeners(0);
    const listener = new Redis(server.url, { maxRetriesPerRequest: null });
    const events = new QueueEvents('jobs', { prefix, connection: listener });
    events.setMaxListeners(0);
    await events.waitUntilReady();
    return {
      processes: { worker: worker.pid },
      redis: server.redis,
      async job() {
        const id = randomUUID();
        const added = await queue.add('job', { id }, { ...keep, jobId: id });
        await added.waitUntilFinished(events);
      },
      async stop() {
        await events.close();
        await queue.close();
        for (const each of [listener, connection]) each.disconnect();
        await worker.stop();
        await server.stop();
      },
    };
  },
};
//# sourceMappingURL=bullmq.js.map
