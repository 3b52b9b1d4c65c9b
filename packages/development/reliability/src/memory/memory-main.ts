// npm run measure:memory: what Redis holds for a job that has ended, and for one that waits.
import { Command } from 'commander';
import type { JobState } from '@pawl/contracts';
import { parseCount } from '../parse-count.ts';
import { callOf, promptOf } from '../testbed/prompts.ts';
import { hasEnded, type Namespace } from '../testbed/namespace.ts';
import { type Testbed, withTestbed } from '../testbed/testbed.ts';
import {
  measureRetention,
  type RedisSize,
  type RetentionMeasurement,
} from './measure-retention.ts';
import { type JobMemory, measureJob, usedMemory } from './measure-job.ts';

const { jobs: count, retention } = new Command('npm run measure:memory --')
  .description('measures what Redis holds for a job')
  .option('--jobs <count>', 'ended jobs over which all of Redis is divided', parseCount, 200)
  .option(
    '--retention <jobs>',
    'instead: how so many jobs and their retention leave it',
    parseCount,
  )
  .parse()
  .opts<{ jobs: number; retention?: number }>();

await withTestbed({}, async (testbed) => {
  if (retention !== undefined) {
    printRetention(retention, await measureRetention(testbed, retention));
    return;
  }
  const namespace = testbed.openNamespace();
  await testbed.startWorker(namespace);
  // What is there once only, such as the scripts and BullMQ's own keys, counts for none of them.
  for (let warm = 0; warm < 5; warm += 1) await endedJob(namespace, 'warm');
  const before = await usedMemory(namespace.redis);
  const ended: JobState[] = [];
  for (let made = 0; made < count; made += 1)
    ended.push(await endedJob(namespace, `u${made % 10}`));
  const each = ((await usedMemory(namespace.redis)) - before) / count;
  const [last] = ended;
  if (last === undefined) throw new Error('no job was made');
  print('a job that has ended, with one tool call', await measureJob(namespace, last));
  print(
    'a job that waits for an account',
    await measureJob(namespace, await waitingJob(testbed, namespace)),
  );
  process.stdout.write(
    `\nall of Redis, for each of ${count} ended jobs: ${Math.round(each)} bytes\n` +
      '(indexes, a day of the tenant’s events and the tasks that BullMQ keeps for a while included)\n',
  );
});
process.exit(0);

async function endedJob(namespace: Namespace, user: string): Promise<JobState> {
  const prompt = promptOf(user, [[callOf('reads', 'is:unread')]]);
  const { id } = await namespace.post({ user, prompt });
  return namespace.when(id, hasEnded);
}

async function waitingJob(testbed: Testbed, namespace: Namespace): Promise<JobState> {
  const user = 'waiting';
  await endedJob(namespace, user);
  testbed.sandbox.control.setAccountStatus({ connection: 'gmail', identifier: user }, 'EXPIRED');
  const { id } = await namespace.post({ user, prompt: promptOf(user, [[callOf('reads', 'all')]]) });
  return namespace.when(id, isBlocked);
}

function isBlocked({ phase }: JobState): boolean {
  if (phase.name === 'turn') return phase.step.status === 'blocked';
  return phase.name === 'calls' && phase.calls.some(({ step }) => step.status === 'blocked');
}

function print(title: string, { keys, ownTexts }: JobMemory): void {
  const bytes = keys.reduce((sum, key) => sum + key.bytes, 0);
  process.stdout.write(
    `\n${title}: ${bytes} bytes in ${keys.length} keys, ${bytes - ownTexts} of them beside its own texts\n` +
      keys.map((key) => `  ${String(key.bytes).padStart(6)}  ${key.kind}\n`).join(''),
  );
}

function line(when: string, { keys, bytes }: RedisSize): string {
  return `${when.padEnd(28)} ${String(keys).padStart(8)} keys ${String(bytes).padStart(12)} bytes\n`;
}

function printRetention(
  jobs: number,
  { before, full, after, madePerSecond, erasedPerSecond }: RetentionMeasurement,
): void {
  process.stdout.write(
    line('before', before) +
      line(`${jobs} jobs have ended`, full) +
      line('their retention is over', after) +
      `memory after to before: ${((after.bytes / before.bytes - 1) * 100).toFixed(2)} %\n` +
      `made ${madePerSecond.toFixed(0)} jobs a second, erased ${erasedPerSecond.toFixed(0)}\n`,
  );
}
