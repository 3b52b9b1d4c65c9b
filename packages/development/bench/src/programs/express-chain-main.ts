// The least that an API for jobs can do: Express, which adds the first task of the bare chain, and a long poll.
import { randomUUID } from 'node:crypto';
import { Queue } from 'bullmq';
import express, { type Request, type Response } from 'express';
import { Redis } from 'ioredis';
import { chainKeys, doneChannel, keep, prefix } from '../contenders/bullmq.ts';

const connect = () => new Redis(process.env['REDIS_URL'] ?? '', { maxRetriesPerRequest: null });
const redis = connect();
const subscriber = connect();
const queue = new Queue('turns', { prefix, connection: redis });
const waiting = new Map<string, () => void>();
await subscriber.subscribe(doneChannel);
subscriber.on('message', (_channel, id: string) => waiting.get(id)?.());

const app = express();
app.use(express.json());
app.post('/jobs', async (_request: Request, response: Response) => {
  const id = randomUUID();
  await queue.add('turn', { id, sequence: 0 }, { ...keep, jobId: `${id}-0` });
  response.status(202).json({ id, status: 'queued' });
});
app.get('/jobs/:id', async ({ params }: Request<{ id: string }>, response: Response) => {
  const { id } = params;
  const done = new Promise<void>((resolve) => waiting.set(id, resolve));
  // What is told before somebody waits is told to nobody.
  if ((await redis.hget(chainKeys.job(id), 'status')) !== 'done') await done;
  waiting.delete(id);
  const [text] = await redis.lrange(chainKeys.messages(id), -1, -1);
  response.json({ id, status: 'completed', result: JSON.parse(text ?? 'null') as unknown });
});
process.once('SIGTERM', () => process.exit(0));
app.listen(Number(process.env['PORT']), '127.0.0.1', () => {
  process.stdout.write('express is listening\n');
});
