import { randomToken } from '@pawl/contracts';
import { createKeys } from '@pawl/store';
import { testRedis } from '@pawl/testing';
import { expect, test } from 'vitest';
import { createEarlierJobs } from '../src/earlier-jobs.ts';
import { scripted, startTestWorker } from './harness/start-test-worker.ts';

const redis = testRedis();
const keys = createKeys(redis.namespace);
const worker = await startTestWorker(redis);
const settings = { historyCharacters: 100_000, resultCharacters: 1_000 };

/** The answer of an earlier job, changed as somebody else's commit would. */
async function changeAnswer(job: string, answer: string): Promise<void> {
  const [reply] = Object.entries(await redis.redis.hgetall(keys.steps(job)));
  const [field = '', text = ''] = reply ?? [];
  await redis.redis.hset(keys.steps(job), field, text.replaceAll('Yes.', answer));
}

/** A conversation of jobs that say yes, and a reader of what came before the last of them. */
async function conversationOf(count: number) {
  const ids: string[] = [];
  let conversation: string | undefined;
  for (let number = 0; number < count; number += 1) {
    const prompt = scripted([{ text: 'Yes.' }]);
    const id = await worker.post({ prompt, connections: [], conversation });
    const { job } = await worker.ended(id);
    conversation = job.conversation;
    ids.push(id);
  }
  const last = await worker.store.readJob(ids.at(-1) ?? '');
  if (last === undefined) throw new Error('the conversation has no job');
  const asked: string[] = [];
  const store = {
    ...worker.store,
    readJobHistory(id: string) {
      asked.push(id);
      return worker.store.readJobHistory(id);
    },
  };
  const earlier = createEarlierJobs(settings);
  const answers = async () => {
    const jobs = await earlier.readBefore(store, last);
    return jobs.map(({ history: { job, steps } }) => {
      const [step] = steps;
      return [job.id, step?.kind === 'turn' ? step.message['content'] : undefined];
    });
  };
  return { ids, answers, read: () => asked.splice(0) };
}

test('an earlier job is read once, and not again until it changes', async () => {
  const { ids, answers, read } = await conversationOf(3);
  const [first = '', second = ''] = ids;
  const all = [
    [first, 'Yes.'],
    [second, 'Yes.'],
  ];
  expect(await answers()).toEqual(all);
  expect(read()).toEqual([first, second]);
  expect(await answers()).toEqual(all);
  expect(read()).toEqual([]);

  await changeAnswer(first, 'No.');
  await redis.redis.hincrby(keys.job(first), 'sequence', 1);
  expect(await answers()).toEqual([
    [first, 'No.'],
    [second, 'Yes.'],
  ]);
  expect(read()).toEqual([first]);
});

test('an earlier job of which a Redis counts the same sequence by another commit is read anew', async () => {
  const { ids, answers } = await conversationOf(2);
  const [first = ''] = ids;
  expect(await answers()).toEqual([[first, 'Yes.']]);
  await changeAnswer(first, 'Perhaps.');
  await redis.redis.hset(keys.job(first), 'commits', randomToken().slice(0, 12));
  expect(await answers()).toEqual([[first, 'Perhaps.']]);
});

test('an earlier job that is erased is given to nobody, and one that cannot be read is left out', async () => {
  const { ids, answers } = await conversationOf(4);
  const [first = '', second = '', third = ''] = ids;
  expect(await answers()).toHaveLength(3);
  // As a turn would find it that has listed the jobs before one of them is erased.
  await redis.redis.del(keys.job(first), keys.steps(first));
  await redis.redis.hset(keys.job(second), 'state', '{}', 'sequence', '99');
  expect(await answers()).toEqual([[third, 'Yes.']]);
});
