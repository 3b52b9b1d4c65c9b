// A chain of tasks on BullMQ: turn, tool, turn. Each outcome is stored by a compare-and-set before the next task is added.
import { Queue, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { chainKeys, doneChannel, keep, prefix } from '../contenders/bullmq.ts';
import { text } from '../no-op.ts';

const connect = () => new Redis(process.env['REDIS_URL'] ?? '', { maxRetriesPerRequest: null });
const redis = connect();

// KEYS the job, its messages. ARGV the sequence that is expected, a message, the job's next status.
const commitStep = `
if (redis.call('HGET', KEYS[1], 'sequence') or '0') ~= ARGV[1] then return 0 end
redis.call('RPUSH', KEYS[2], ARGV[2])
redis.call('HSET', KEYS[1], 'sequence', ARGV[1] + 1, 'status', ARGV[3])
return 1`;
redis.defineCommand('commitStep', { numberOfKeys: 2, lua: commitStep });
const { commitStep: commit } = redis as unknown as {
  commitStep: (...words: (string | number)[]) => Promise<number>;
};

interface ChainTask {
  readonly id: string;
  readonly sequence: number;
}

const turns = new Queue<ChainTask>('turns', { prefix, connection: redis });
const tools = new Queue<ChainTask>('tools', { prefix, connection: redis });
const { job: jobKey, messages: messagesKey } = chainKeys;
const message = (role: string) => JSON.stringify({ role, content: text });

async function isAt({ id, sequence }: ChainTask): Promise<boolean> {
  return Number((await redis.hget(jobKey(id), 'sequence')) ?? 0) === sequence;
}

/** The id follows from job and step: a task that runs twice adds its successor once. */
async function wake(queue: Queue<ChainTask>, task: ChainTask): Promise<void> {
  await queue.add(queue.name, task, { ...keep, jobId: `${task.id}-${task.sequence}` });
}

async function store({ id, sequence }: ChainTask, role: string, status: string): Promise<void> {
  await commit.call(redis, jobKey(id), messagesKey(id), sequence, message(role), status);
}

const settings = { prefix, concurrency: 100 };
const workers = [
  new Worker<ChainTask>(
    'turns',
    async ({ data: task }) => {
      const isFirst = task.sequence === 0;
      if (await isAt(task)) {
        // The model is given the messages so far.
        await redis.lrange(messagesKey(task.id), 0, -1);
        await store(task, 'assistant', isFirst ? 'tool' : 'done');
      }
      if (isFirst) await wake(tools, { id: task.id, sequence: 1 });
      else await redis.publish(doneChannel, task.id);
    },
    { ...settings, connection: connect() },
  ),
  new Worker<ChainTask>(
    'tools',
    async ({ data: task }) => {
      if (await isAt(task)) await store(task, 'tool', 'turn');
      await wake(turns, { id: task.id, sequence: 2 });
    },
    { ...settings, connection: connect() },
  ),
];
await Promise.all(workers.map((worker) => worker.waitUntilReady()));
process.once('SIGTERM', () => process.exit(0));
process.stdout.write('chain is ready\n');
