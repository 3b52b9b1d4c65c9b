import { Event, type Problem } from '@pawl/contracts';
import { createKeys } from '@pawl/store';
import { testRedis } from '@pawl/testing';
import { seededRandom } from '@pawl/testing/seeded-random';
import { expect, test } from 'vitest';
import { apiClient } from './harness/api-client.ts';
import { completeJob } from './harness/drive-job.ts';
import { type EventStream, openEvents } from './harness/event-reader.ts';
import { startTestGateway } from './harness/start-test-gateway.ts';

const redis = testRedis();
const gateway = await startTestGateway(redis, { partition: 'tenants', shards: 3 });
const keys = createKeys(`${redis.namespace}:tenants`);

/** A tenant of its own for each test. */
async function newTenant() {
  const tenant = `tenant-${(tenants += 1)}`;
  const { key } = await gateway.store.createApiKey({ tenant, name: 'test' });
  const authorization = { Authorization: `Bearer ${key}` };
  const client = apiClient(gateway.url, authorization);
  return {
    tenant,
    newJob: async (user = 'user_1', fields = {}) =>
      (await client.post('/v1/jobs', { prompt: 'Work', user, ...fields })).body,
    client,
    open: (query = '', headers = {}) =>
      openEvents(`${gateway.url}/v1/events${query}`, { ...authorization, ...headers }),
  };
}
let tenants = 0;

/** The events of jobs as job and number, up to the end of a job. */
async function readUntilCompleted(stream: EventStream, jobs: number): Promise<string[]> {
  let open = jobs;
  const events = await stream.read(({ event }) => event === 'job.completed' && (open -= 1) === 0);
  return events.filter(({ event }) => event !== 'stream.opened').map(nameOf);
}

const nameOf = ({ data }: { data: { readonly [name: string]: unknown } }) =>
  `${String(data['job'])} ${String(data['id'])}`;

/** The whole log of a job that was completed. */
const logOf = (job: string) => [1, 2, 3, 4, 5].map((id) => `${job} ${id}`);

test('the events of all jobs of a tenant come as one stream, from now on', async () => {
  const { newJob, open } = await newTenant();
  await newJob();
  const stream = await open();
  await stream.read(({ event }) => event === 'stream.opened');
  const [one, other] = [await newJob('user_1'), await newJob('user_2')];
  for (const { id } of [one, other]) await completeJob(gateway.engine, id, 'Done.');
  const events = await stream.read(
    ({ event, data }) => event === 'job.completed' && data['job'] === other.id,
  );
  stream.leave();
  expect(events.map(nameOf).toSorted()).toEqual([...logOf(one.id), ...logOf(other.id)].toSorted());
  for (const { data } of events) Event.parse(data);
  expect(events.map(({ data }) => data['user'])).toContain('user_2');
});

test('other tenants see nothing of it', async () => {
  const [one, other] = [await newTenant(), await newTenant()];
  const stream = await other.open('?after=0');
  const { id } = await one.newJob();
  await completeJob(gateway.engine, id, 'Done.');
  const own = await other.newJob();
  const events = await stream.read(({ event }) => event === 'job.queued');
  stream.leave();
  expect(events.slice(1).map(nameOf)).toEqual([`${own.id} 1`]);
});

test('a filter lets through the events of a user, a conversation or an agent only', async () => {
  const { client, newJob, open } = await newTenant();
  await client.post('/v1/agents', { name: 'triage' });
  const [one, other] = [await newJob(), await newJob('user_2', { agent: 'triage' })];
  for (const { id } of [one, other]) await completeJob(gateway.engine, id, 'Done.');
  for (const query of ['user=user_2', 'agent=triage', `conversation=${other.conversation}`]) {
    const stream = await open(`?after=0&${query}`);
    expect(await readUntilCompleted(stream, 1)).toEqual(logOf(other.id));
    stream.leave();
  }
});

test('nothing is missed or repeated over many disconnects and three shards', async () => {
  const { newJob, open } = await newTenant();
  const random = seededRandom(11);
  const jobs: string[] = [];
  const working = (async () => {
    for (let made = 0; made < 40; made += 1) {
      const { id } = await newJob(`user_${Math.floor(random() * 9)}`);
      jobs.push(id);
      await completeJob(gateway.engine, id, 'Done.');
    }
  })();
  const seen: string[] = [];
  let last = '0';
  const read = async (until: number) => {
    const stream = await open('', { 'Last-Event-ID': last });
    let wanted = until;
    const events = await stream.read(() => (wanted -= 1) <= 0);
    stream.leave();
    for (const event of events) {
      last = event.id ?? last;
      if (event.event !== 'stream.opened') seen.push(nameOf(event));
    }
  };
  // The first event of each is that it was opened.
  const total = 40 * 5;
  while (seen.length < total) {
    await read(1 + Math.min(total - seen.length, Math.floor(random() * 8)));
  }
  await working;
  expect(seen.toSorted()).toEqual(jobs.flatMap(logOf).toSorted());
  expect(new Set(jobs.map((id) => id.split('_')[1])).size).toBe(3);
});

test('a client is told where the log was trimmed meanwhile', async () => {
  const { newJob, open, tenant } = await newTenant();
  const first = await newJob();
  const stream = await open('?after=0');
  const opened = await stream.read(({ event }) => event === 'job.queued');
  stream.leave();
  await completeJob(gateway.engine, first.id, 'Done.');
  const shard = Number(first.id.split('_')[1]);
  await redis.redis.xtrim(keys.eventsOf(shard, tenant), 'MAXLEN', 1);
  const again = await open('', { 'Last-Event-ID': opened.at(-1)?.id ?? '' });
  const events = await again.read(({ event }) => event === 'job.completed');
  again.leave();
  expect(events.map(({ event }) => event)).toContain('stream.trimmed');
});

test('what cannot be a place or a filter is a 400 that names it', async () => {
  const { client } = await newTenant();
  for (const [query, path] of [
    ['after=7', 'after'],
    ['agent=No', 'agent'],
    ['tool=triage', 'tool'],
    ['schedule=none', 'schedule'],
  ]) {
    const { status, body } = await client.get<Problem>(`/v1/events?${query}`);
    expect([status, body.errors?.[0]?.path]).toEqual([400, path]);
  }
});
