import type { JobList } from '@pawl/contracts';
import { testRedis } from '@pawl/testing';
import { beforeAll, expect, test } from 'vitest';
import { apiClient } from './harness/api-client.ts';
import { completeJob } from './harness/drive-job.ts';
import { startTestGateway } from './harness/start-test-gateway.ts';

const gateway = await startTestGateway(testRedis());
const api = apiClient(gateway.url);
const made: string[] = [];
let conversation = '';

beforeAll(async () => {
  for (let number = 0; number < 25; number += 1) {
    const user = number % 5 === 0 ? 'alice' : 'bob';
    const { body } = await api.post('/v1/jobs', { prompt: `Job ${number}`, user });
    made.unshift(body.id);
    conversation = body.conversation;
  }
  const [newest = ''] = made;
  await completeJob(gateway.engine, newest, 'Done.');
});

const list = async (query: string) => (await api.get<JobList>(`/v1/jobs${query}`)).body;
const idsOf = ({ data }: JobList) => data.map(({ id }) => id);

test('jobs are listed newest first, twenty at a time', async () => {
  const first = await list('');
  expect(first.object).toBe('list');
  expect(idsOf(first)).toEqual(made.slice(0, 20));
  const second = await list(`?cursor=${first.next_cursor}`);
  expect(idsOf(second)).toEqual(made.slice(20));
  expect(second.next_cursor).toBeNull();
});

test('a list can be narrowed by user, status and conversation', async () => {
  expect((await list('?user=alice')).data).toHaveLength(5);
  expect(idsOf(await list('?status=completed'))).toEqual(made.slice(0, 1));
  expect(idsOf(await list(`?conversation=${conversation}`))).toEqual(made.slice(0, 1));
  expect(idsOf(await list('?user=nobody'))).toEqual([]);
});

test('a narrowed list is paged too', async () => {
  const ids: string[] = [];
  for (let cursor: string | null = ''; cursor !== null;) {
    const page: JobList = await list(
      `?user=bob&status=queued&limit=4${cursor === '' ? '' : `&cursor=${cursor}`}`,
    );
    ids.push(...idsOf(page));
    cursor = page.next_cursor;
  }
  expect(ids).toHaveLength(19);
  expect(new Set(ids).size).toBe(19);
});
