import type { ConversationList, JobList } from '@pawl/contracts';
import { testRedis } from '@pawl/testing';
import { beforeAll, expect, test } from 'vitest';
import { apiClient } from './harness/api-client.ts';
import { completeJob, failJob, startCall } from './harness/drive-job.ts';
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
const post = async (body: object) =>
  (await api.post('/v1/jobs', { prompt: 'More', ...body })).body.id;
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

const found = (q: string) => list(`?user=searcher&q=${encodeURIComponent(q)}`).then(idsOf);

test('jobs are found by a text of their prompt, whatever its case, and by their id', async () => {
  const one = await post({ prompt: 'Grüße an das Büro, 100 % [wichtig]', user: 'searcher' });
  const other = await post({ prompt: 'Grüße', user: 'searcher' });
  expect(await found('grüSSe')).toEqual([]);
  expect(await found('GRÜSSE')).toEqual([]);
  expect(await found('grüße')).toEqual([other, one]);
  expect(await found('100 % [W')).toEqual([one]);
  expect(await found(one)).toEqual([one]);
  expect(await found('.*')).toEqual([]);
});

test('a search goes on where a page has ended, over what does not match', async () => {
  const prompts: string[] = [];
  for (let cursor: string | null = ''; cursor !== null;) {
    const page: JobList = await list(
      `?user=bob&q=${encodeURIComponent('job 1')}&limit=2${cursor === '' ? '' : `&cursor=${cursor}`}`,
    );
    prompts.push(...page.data.map(({ prompt }) => prompt));
    cursor = page.next_cursor;
  }
  expect(prompts).toEqual([19, 18, 17, 16, 14, 13, 12, 11, 1].map((number) => `Job ${number}`));
});

test('jobs are found by their metadata, by several pairs at a time', async () => {
  const both = await post({ metadata: { team: 'sales', 'a b]': 'ü=&' } });
  const one = await post({ metadata: { team: 'sales' } });
  expect(idsOf(await list('?metadata[team]=sales'))).toEqual([one, both]);
  const pairs = new URLSearchParams({ 'metadata[team]': 'sales', 'metadata[a b]]': 'ü=&' });
  expect(idsOf(await list(`?${pairs.toString()}`))).toEqual([both]);
  expect(idsOf(await list('?metadata[team]=other'))).toEqual([]);
  expect(idsOf(await list('?metadata[sales]=team'))).toEqual([]);
  for (const query of ['?metadata=sales', '?metadata[]=x', `?metadata[a]=${'x'.repeat(513)}`]) {
    expect((await api.get(`/v1/jobs${query}`)).status).toBe(400);
  }
});

test('jobs are found by the code of their error, and no longer once they are retried', async () => {
  const failed = await post({ user: 'carol' });
  await failJob(gateway.engine, failed, 'model_rejected');
  expect(idsOf(await list('?error_code=model_rejected'))).toEqual([failed]);
  expect(idsOf(await list('?error_code=model_rejected&user=carol&status=failed'))).toEqual([
    failed,
  ]);
  expect(idsOf(await list('?error_code=model_rejected&user=alice'))).toEqual([]);
  await api.post(`/v1/jobs/${failed}/retry`);
  expect(idsOf(await list('?error_code=model_rejected'))).toEqual([]);
});

test('jobs are found by a tool that they have called', async () => {
  const called = await post({ user: 'dora' });
  await startCall(gateway.engine, called);
  expect(idsOf(await list('?tool=gmail_fetch_mails'))).toEqual([called]);
  expect(idsOf(await list('?tool=gmail_fetch_mails&user=alice'))).toEqual([]);
  expect(idsOf(await list('?tool=gmail_send_message'))).toEqual([]);
});

test('jobs are found by the time of their creation, from one time on and before another', async () => {
  const { data } = await list('?limit=100');
  const times = data.map(({ created_at: time }) => time);
  const middle = times[Math.floor(times.length / 2)] ?? '';
  const from = await list(`?limit=100&created_from=${middle}`);
  const to = await list(`?limit=100&created_to=${middle}`);
  expect(idsOf(from)).toEqual(
    idsOf({ ...from, data: data.filter((job) => job.created_at >= middle) }),
  );
  expect(idsOf(to)).toEqual(idsOf({ ...to, data: data.filter((job) => job.created_at < middle) }));
  const paged = await list(`?limit=1&created_from=${middle}`);
  const rest = await list(`?limit=100&created_from=${middle}&cursor=${paged.next_cursor}`);
  expect([...idsOf(paged), ...idsOf(rest)]).toEqual(idsOf(from));
});

test('conversations are listed newest first, of all users or of one', async () => {
  const first = await api.post('/v1/jobs', { prompt: 'a', user: 'erin' });
  const second = await api.post('/v1/jobs', { prompt: 'b', user: 'erin' });
  const all = await api.get<ConversationList>('/v1/conversations?limit=100');
  const mine = await api.get<ConversationList>('/v1/conversations?user=erin&limit=1');
  const conversations = [second.body.conversation, first.body.conversation];
  expect(all.body.data.filter(({ user }) => user === 'erin').map(({ id }) => id)).toEqual(
    conversations,
  );
  expect(mine.body.data.map(({ id }) => id)).toEqual(conversations.slice(0, 1));
  const next = await api.get<ConversationList>(
    `/v1/conversations?user=erin&cursor=${mine.body.next_cursor}`,
  );
  expect(next.body.data.map(({ id }) => id)).toEqual(conversations.slice(1));
  const shown = await api.get(`/v1/conversations/${first.body.conversation}`);
  expect(shown.body).toEqual({
    id: first.body.conversation,
    object: 'conversation',
    user: 'erin',
    active_job: first.body.id,
    created_at: expect.any(String),
  });
});
