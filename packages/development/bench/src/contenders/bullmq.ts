import { randomUUID } from 'node:crypto';
import { Queue, QueueEvents } from 'bullmq';
import { findFreePort } from '@pawl/local-stack';
import { Redis } from 'ioredis';
import { z } from 'zod';
import type { Contender } from '../contender.ts';
import { createHttpClient } from '../http-client.ts';
import { text } from '../no-op.ts';
import { startOwnProgram } from '../start-program.ts';
import { startRedis } from '../start-redis.ts';

export const prefix = '{bench}';
export const doneChannel = `${prefix}:done`;
/** A job of the chain: a hash of its sequence and status, and the list of its messages. */
export const chainKeys = {
  job: (id: string) => `${prefix}:job:${id}`,
  messages: (id: string) => `${prefix}:messages:${id}`,
};
export const keep = { removeOnComplete: { count: 1_000 }, removeOnFail: { count: 1_000 } };

/** The floor: three tasks that wake each other, each of which stores its outcome by a compare-and-set in Lua. */
export const bareChain: Contender = {
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
    const waiting = new Map<string, () => void>();
    await subscriber.subscribe(doneChannel);
    subscriber.on('message', (_channel, id: string) => {
      waiting.get(id)?.();
      waiting.delete(id);
    });
    return {
      processes: { worker: worker.pid },
      redis: server.redis,
      async job() {
        const id = randomUUID();
        const done = new Promise<void>((resolve) => waiting.set(id, resolve));
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

const ChainJob = z.object({ id: z.string(), status: z.string() });

/** The floor through HTTP: the chain behind an API that checks nothing, and keeps no list of its jobs. */
export const chainOverHttp: Contender = {
  name: 'chain-http',
  description: 'the chain behind Express alone: POST, which adds its first task, then a long poll',
  async start(place) {
    const server = await startRedis(place);
    const port = String(await findFreePort());
    const environment = { REDIS_URL: server.url, PORT: port };
    const worker = await startOwnProgram('chain-main', environment, place);
    const gateway = await startOwnProgram('express-chain-main', environment, place);
    const http = createHttpClient(`http://127.0.0.1:${port}`);
    return {
      processes: { worker: worker.pid, gateway: gateway.pid },
      redis: server.redis,
      async job() {
        const { id } = ChainJob.parse(await http.call('POST', '/jobs', { prompt: text }));
        const { status } = ChainJob.parse(await http.call('GET', `/jobs/${id}`));
        if (status !== 'completed') throw new Error(`job ${id} is ${status}`);
      },
      async stop() {
        http.close();
        await Promise.all([gateway.stop(), worker.stop()]);
        await server.stop();
      },
    };
  },
};

/** What many write: one task, whose steps are stored one by one. A worker that dies does the current step again. */
export const oneTask: Contender = {
  name: 'one-task',
  description: 'BullMQ alone: everything in one task, each step stored with HSET',
  async start(place) {
    const server = await startRedis(place);
    const worker = await startOwnProgram('one-task-main', { REDIS_URL: server.url }, place);
    const tasks = await connectTasks(server.url);
    return {
      processes: { worker: worker.pid },
      redis: server.redis,
      job: () => tasks.run({}),
      async stop() {
        await tasks.close();
        await worker.stop();
        await server.stop();
      },
    };
  },
};

/** Has jobs worked on that are one task each, with their id in the data. */
export async function connectTasks(redisUrl: string) {
  const connection = new Redis(redisUrl, { maxRetriesPerRequest: null });
  const queue = new Queue('jobs', { prefix, connection });
  // Every job that is waited for adds listeners.
  queue.setMaxListeners(0);
  const listener = new Redis(redisUrl, { maxRetriesPerRequest: null });
  const events = new QueueEvents('jobs', { prefix, connection: listener });
  events.setMaxListeners(0);
  await events.waitUntilReady();
  return {
    /** Resolves when the job is done. */
    async run(data: object): Promise<void> {
      const id = randomUUID();
      const added = await queue.add('job', { id, ...data }, { ...keep, jobId: id });
      await added.waitUntilFinished(events);
    },
    async close(): Promise<void> {
      await events.close();
      await queue.close();
      for (const each of [listener, connection]) each.disconnect();
    },
  };
}
