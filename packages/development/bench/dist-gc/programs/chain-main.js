// A chain of tasks on BullMQ: turn, tool, turn. Each outcome is stored by a compare-and-set before the next task is added.
import { Queue, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { doneChannel, keep, prefix } from '../contenders/bullmq.js';
import { text } from '../no-op.js';
const connect = () => new Redis(process.env['REDIS_URL'] ?? '', { maxRetriesPerRequest: null });
const redis = connect();
// KEYS the job, its messages. ARGV the sequence that is expected, a message, the job's next status.
const commitStep = `
if (redis.call('HGET', KEYS[1], 'sequence') or '0') ~= ARGV[1] then return 0 end
redis.call('RPUSH', KEYS[2], ARGV[2])
redis.call('HSET', KEYS[1], 'sequence', ARGV[1] + 1, 'status', ARGV[3])
return 1`;
redis.defineCommand('commitStep', { numberOfKeys: 2, lua: commitStep });
const { commitStep: commit } = redis;
const turns = new Queue('turns', { prefix, connection: redis });
const tools = new Queue('tools', { prefix, connection: redis });
const jobKey = (id) => `${prefix}:job:${id}`;
const messagesKey = (id) => `${prefix}:messages:${id}`;
const message = (role) => JSON.stringify({ role, content: text });
async function isAt({ id, sequence }) {
  return Number((await redis.hget(jobKey(id), 'sequence')) ?? 0) === sequence;
}
/** The id follows from job and step: a task that runs twice adds its successor once. */
async function wake(queue, task) {
  await queue.add(queue.name, task, { ...keep, jobId: `${task.id}-${task.sequence}` });
}
async function store({ id, sequence }, role, status) {
  await commit.call(redis, jobKey(id), messagesKey(id), sequence, message(role), status);
}
const settings = { prefix, concurrency: 100 };
const workers = [
  new Worker(
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
  new Worker(
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
//# sourceMappingURL=chain-main.js.map
