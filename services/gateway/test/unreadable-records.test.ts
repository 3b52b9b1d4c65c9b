import type { JobList, Problem } from '@pawl/contracts';
import { createKeys, recordFormat } from '@pawl/store';
import { testRedis } from '@pawl/testing';
import { expect, test } from 'vitest';
import { apiClient } from './harness/api-client.ts';
import { startTestGateway } from './harness/start-test-gateway.ts';

const redis = testRedis();
const gateway = await startTestGateway(redis);
const api = apiClient(gateway.url);
const keys = createKeys(redis.namespace);

async function postedWithPhase(user: string, format: number): Promise<string> {
  const { body } = await api.post('/v1/jobs', { prompt: 'Work', user });
  const key = keys.job(body.id);
  const state = JSON.parse((await redis.redis.hget(key, 'state')) ?? '{}') as object;
  const changed = JSON.stringify({ ...state, format, phase: { name: 'dreaming' } });
  await redis.redis.hset(key, 'state', changed);
  return body.id;
}

test('a job that cannot be read is a problem of its own, and lists go on without it', async () => {
  const damaged = await postedWithPhase('alice', recordFormat);
  const { body: other } = await api.post('/v1/jobs', { prompt: 'Work', user: 'alice' });
  const answer = await api.get<Problem>(`/v1/jobs/${damaged}`);
  expect(answer).toMatchObject({ status: 500, body: { code: 'record_unreadable' } });
  expect(JSON.stringify(answer.body)).not.toContain('dreaming');
  const { body: list } = await api.get<JobList>('/v1/jobs?user=alice');
  expect(list.data.map(({ id }) => id)).toEqual([other.id]);
});

test('a job that a newer version has written is asked for again later', async () => {
  const newer = await postedWithPhase('bob', recordFormat + 1);
  const answer = await api.get<Problem>(`/v1/jobs/${newer}`);
  expect(answer).toMatchObject({ status: 503, body: { code: 'record_newer' } });
});
