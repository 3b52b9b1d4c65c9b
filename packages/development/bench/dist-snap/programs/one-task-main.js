// Everything in one task of BullMQ: three steps in a row, each stored once it is done.
import { Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { prefix } from '../contenders/bullmq.js';
import { text } from '../no-op.js';
const connect = () => new Redis(process.env['REDIS_URL'] ?? '', { maxRetriesPerRequest: null });
const redis = connect();
const worker = new Worker(
  'jobs',
  async ({ data: { id } }) => {
    const key = `${prefix}:job:${id}`;
    const stored = await redis.hgetall(key);
    for (const step of ['turn 0', 'tool', 'turn 1']) {
      if (stored[step] === undefined) await redis.hset(key, step, JSON.stringify({ text }));
    }
  },
  { prefix, concurrency: 100, connection: connect() },
);
await worker.waitUntilReady();
process.once('SIGTERM', () => process.exit(0));
process.stdout.write('one task is ready\n');
//# sourceMappingURL=one-task-main.js.map
