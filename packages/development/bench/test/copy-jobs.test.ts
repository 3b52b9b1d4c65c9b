import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newId } from '@pawl/contracts';
import { findRepositoryRoot } from '@pawl/runtime';
import { createKeys } from '@pawl/store';
import { expect, onTestFinished, test } from 'vitest';
import { startRedis } from '../src/start-redis.ts';
import { copyEndedJob } from '../src/growth/copy-jobs.ts';

test('a copied job has every key of the first, and stands in every index in which that one stands', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'pawl-copy-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true, maxRetries: 5 }));
  const root = findRepositoryRoot(import.meta.url) ?? process.cwd();
  const server = await startRedis({ directory, root });
  onTestFinished(() => server.stop());
  const { redis } = server;
  const keys = createKeys('pawl');
  const [job, conversation] = [newId('job', 0), newId('conversation', 0)];
  await redis.hset(keys.job(job), 'state', 'ended');
  await redis.hset(keys.steps(job), 'turn', '1');
  await redis.hset(keys.conversation(conversation), 'revision', '7');
  await redis.zadd(keys.conversationJobs(conversation), 5, job);
  await redis.rpush(keys.startedJobs(conversation), job);
  await redis.zadd(keys.retained(0), 9, job);
  await redis.zadd(keys.conversationsOf(0, 'default'), 5, conversation);
  await redis.zadd(keys.runnable(0), 5, newId('job', 0));

  await copyEndedJob({ redis, keys }, { job, conversation }, 3);

  const jobs = await redis.zrange(keys.retained(0), '9', '9', 'BYSCORE');
  expect(jobs).toHaveLength(4);
  for (const each of jobs) {
    expect(await redis.hget(keys.job(each), 'state')).toBe('ended');
    expect(await redis.hget(keys.steps(each), 'turn')).toBe('1');
  }
  const conversations = await redis.zrange(keys.conversationsOf(0, 'default'), '0', '-1');
  const started = conversations.map((each) => redis.lrange(keys.startedJobs(each), '0', '-1'));
  expect((await Promise.all(started)).flat().toSorted()).toEqual(jobs.toSorted());
  for (const each of conversations) {
    expect(await redis.hget(keys.conversation(each), 'revision')).toBe('7');
    expect(await redis.zcard(keys.conversationJobs(each))).toBe(1);
  }
  expect(await redis.zcard(keys.runnable(0))).toBe(1);
});
