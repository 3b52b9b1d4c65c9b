import { Event, JobSnapshot, type Problem } from '@pawl/contracts';
import { createKeys } from '@pawl/store';
import { testRedis, waitFor } from '@pawl/testing';
import { seededRandom } from '@pawl/testing/seeded-random';
import { expect, test } from 'vitest';
import { apiClient } from './harness/api-client.ts';
import { breakableRedis } from './harness/breakable-redis.ts';
import { completeJob, failJob, loseOutcome, startJob } from './harness/drive-job.ts';
import { openEvents, type ReceivedEvent } from './harness/event-reader.ts';
import { startTestGateway } from './harness/start-test-gateway.ts';

const redis = testRedis({ oneServer: true });
const gateway = await startTestGateway(redis);
const { engine } = gateway;
const api = apiClient(gateway.url);
const keys = createKeys(redis.namespace);
const random = seededRandom(7);

const newJob = async () => (await api.post('/v1/jobs', { prompt: 'Work' })).body;
const eventsUrl = (job: string) => `${gateway.url}/v1/jobs/${job}/events`;
const as = (token: string) => ({ Authorization: `Bearer ${token}` });
const namesOf = (events: readonly ReceivedEvent[]) => events.map(({ event }) => event);

const wholeLog = [
  'job.queued',
  'turn.started',
  'job.started',
  'turn.completed',
  'job.completed',
  'stream.ended',
];

test('the events of a job come as it goes on, numbered, until it has ended', async () => {
  const job = await newJob();
  const stream = await openEvents(eventsUrl(job.id));
  expect(stream.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
  expect(stream.headers.get('x-accel-buffering')).toBe('no');
  expect(stream.headers.get('cache-control')).toContain('no-transform');
  expect(namesOf(await stream.read(({ event }) => event === 'job.queued'))).toEqual(['job.queued']);
  await completeJob(engine, job.id, 'Done.');
  const rest = await stream.read();
  expect(namesOf(rest).toSorted()).toEqual(wholeLog.slice(1).toSorted());
  expect(rest.slice(0, -1).map(({ id }) => id)).toEqual(['2', '3', '4', '5']);
  for (const { data } of rest.slice(0, -1)) {
    const event = Event.parse(data);
    expect(event).toMatchObject({ object: 'event', job: job.id, user: 'user_123', schedule: null });
  }
  expect(rest.at(-1)).toMatchObject({ id: undefined, data: { reason: 'job_ended' } });
});

test('a job that has ended plays its log, and then tells browsers not to come back', async () => {
  const job = await newJob();
  await completeJob(engine, job.id, 'Done.');
  const events = await (await openEvents(eventsUrl(job.id))).read();
  expect(events).toHaveLength(6);
  const again = await fetch(eventsUrl(job.id), { headers: { 'Last-Event-ID': '5' } });
  expect(again.status).toBe(204);
  const inQuery = await (await openEvents(`${eventsUrl(job.id)}?after=3`)).read();
  expect(inQuery.map(({ id }) => id)).toEqual(['4', '5', undefined]);
  const both = await openEvents(`${eventsUrl(job.id)}?after=1`, { 'Last-Event-ID': '4' });
  expect((await both.read()).map(({ id }) => id)).toEqual(['5', undefined]);
});

test('a job that is opened again goes on in the same log', async () => {
  const job = await newJob();
  await failJob(engine, job.id, 'model_refused');
  const before = await (await openEvents(eventsUrl(job.id))).read();
  const last = before.at(-2)?.id ?? '';
  await api.post(`/v1/jobs/${job.id}/retry`);
  const stream = await openEvents(eventsUrl(job.id), { 'Last-Event-ID': last });
  await completeJob(engine, job.id, 'Done.');
  const after = namesOf(await stream.read());
  expect(after[0]).toBe('job.resumed');
  expect(after.slice(-2)).toEqual(['job.completed', 'stream.ended']);
});

test('nothing is missed or repeated over 200 disconnects', async () => {
  const job = await newJob();
  let isWorking = true;
  let disconnects = 0;
  const worked = workOn(job.id, () => disconnects < 200).finally(() => (isWorking = false));
  const seen: (string | undefined)[] = [];
  for (;;) {
    const last = seen.at(-1);
    const stream = await openEvents(
      eventsUrl(job.id),
      last === undefined ? {} : { 'Last-Event-ID': last },
    );
    if (stream.status === 204) {
      // The job has ended, and may be opened again.
      if (isWorking) continue;
      break;
    }
    let wanted = disconnects < 200 ? Math.floor(random() * 4) : Infinity;
    const events = wanted === 0 ? [] : await stream.read(() => (wanted -= 1) === 0);
    stream.leave();
    seen.push(...events.flatMap(({ id }) => (id === undefined ? [] : [id])));
    disconnects += 1;
  }
  await worked;
  expect(disconnects).toBeGreaterThanOrEqual(200);
  expect(seen).toEqual(Array.from({ length: seen.length }, (_, index) => String(index + 1)));
  expect(seen.length).toBe((await gateway.store.readJobEvents(job.id, 0))?.last);
});

/** Lets a job start and fail, and opens it again, so that its log grows for as long as it is wanted. */
async function workOn(job: string, isWanted: () => boolean): Promise<void> {
  while (isWanted()) {
    await failJob(engine, job, 'model_refused');
    const opened = await api.post(`/v1/jobs/${job}/retry`);
    expect(opened.status).toBe(202);
  }
  await completeJob(engine, job, 'Done.');
}

test('where the log was trimmed, a snapshot of the job comes first', async () => {
  const job = await newJob();
  await startJob(engine, job.id);
  await redis.redis.hset(keys.job(job.id), { events: String(16 * 130) });
  await completeJobOf(job.id);
  const [snapshot, ...rest] = await (await openEvents(eventsUrl(job.id))).read();
  const { data } = JobSnapshot.parse(snapshot?.data);
  expect(data).toMatchObject({ id: job.id, status: 'cancelled' });
  expect(snapshot?.id).toBe(String(16 * 130));
  expect(rest.map(({ id }) => id)).toEqual([String(16 * 130 + 1), undefined]);
});

const completeJobOf = (job: string) => api.post(`/v1/jobs/${job}/cancel`);

test('a client that has more than Redis holds gets a snapshot, and what comes from there', async () => {
  const job = await newJob();
  const stream = await openEvents(eventsUrl(job.id), { 'Last-Event-ID': '40' });
  const [snapshot] = await stream.read(() => true);
  expect(snapshot).toMatchObject({ event: 'job.snapshot', id: '1' });
  await api.post(`/v1/jobs/${job.id}/cancel`);
  expect(namesOf(await stream.read())).toEqual(['job.cancelled', 'stream.ended']);
});

test('a tool call shows in the stream with its tool', async () => {
  const job = await newJob();
  await loseOutcome(engine, job.id);
  const stream = await openEvents(eventsUrl(job.id));
  const events = await stream.read(({ event }) => event === 'job.requires_action');
  stream.leave();
  expect(events.find(({ event }) => event === 'tool_call.started')?.data).toMatchObject({
    tool: 'gmail_fetch_mails',
    turn: 0,
    index: 0,
    attempt: 1,
  });
});

test('a thousand readers share one subscription, and all get everything', async () => {
  const crowded = await startTestGateway(redis, { settings: { streams: 1_000 } });
  const job = await newJob();
  const url = `${crowded.url}/v1/jobs/${job.id}/events`;
  // Not all at once: a busy machine's queue of connections is shorter.
  const streams: Awaited<ReturnType<typeof openEvents>>[] = [];
  for (let opened = 0; opened < 1_000; opened += 100) {
    const wave = Array.from({ length: 100 }, () => openEvents(url));
    streams.push(...(await Promise.all(wave)));
  }
  expect((await fetch(url)).status).toBe(503);
  expect(await subscribersOf(job.id)).toEqual([1, 1]);
  await completeJob(engine, job.id, 'Done.');
  const read = await Promise.all(streams.map((stream) => stream.read()));
  for (const events of read) expect(events).toHaveLength(6);
  await expect.poll(() => subscribersOf(job.id)).toEqual([0, 0]);
});

/** Connections that listen to the changes of a job: to those of its status, and to all others. */
async function subscribersOf(job: string): Promise<unknown[]> {
  const channels = [keys.statusChanges(job), keys.progress(job)];
  const counts = await Promise.all(channels.map((name) => redis.redis.pubsub('NUMSUB', name)));
  return counts.map(([, subscribers]) => subscribers);
}

test('a shutdown ends streams, and another gateway goes on where they ended', async () => {
  const stopping = await startTestGateway(redis);
  const job = await newJob();
  const stream = await openEvents(`${stopping.url}/v1/jobs/${job.id}/events`);
  const [first] = await stream.read(() => true);
  await stopping.stop();
  expect(await stream.read()).toEqual([]);
  await completeJob(engine, job.id, 'Done.');
  const other = await openEvents(eventsUrl(job.id), { 'Last-Event-ID': first?.id ?? '' });
  expect((await other.read()).map(({ id }) => id)).toEqual(['2', '3', '4', '5', undefined]);
});

test('while Redis is away the stream stays, and goes on afterwards', async () => {
  const away = await breakableRedis(redis.url);
  const cut = await startTestGateway(redis, { redisUrl: away.url });
  const job = await newJob();
  const stream = await openEvents(`${cut.url}/v1/jobs/${job.id}/events`);
  await stream.read(({ event }) => event === 'job.queued');
  away.cut();
  await waitFor(async () => (await fetch(`${cut.url}/v1/jobs/${job.id}`)).status === 503);
  await completeJob(engine, job.id, 'Done.');
  away.mend();
  expect((await stream.read()).map(({ id }) => id)).toEqual(['2', '3', '4', '5', undefined]);
  await cut.stop();
  await away.close();
});

test('what is no event of the tenant is a 404, and what is no number a 400', async () => {
  const job = await newJob();
  const { key } = await gateway.store.createApiKey({ tenant: 'other', name: 'test' });
  const own = await gateway.store.createApiKey({ tenant: 'default', name: 'test' });
  expect((await fetch(eventsUrl(job.id), { headers: as(key) })).status).toBe(404);
  expect((await fetch(eventsUrl('job_0_none'), { headers: as(own.key) })).status).toBe(404);
  const refused = async (path: string, headers = {}) => {
    const client = apiClient(gateway.url, { ...as(own.key), ...headers });
    return (await client.get<Problem>(`/v1/jobs/${job.id}/events${path}`)).body.errors?.[0]?.path;
  };
  expect(await refused('?after=soon')).toBe('after');
  expect(await refused('?since=1')).toBe('since');
  expect(await refused('', { 'Last-Event-ID': 'x' })).toBe('Last-Event-ID');
  const head = await fetch(eventsUrl(job.id), { method: 'HEAD', headers: as(own.key) });
  expect(head.headers.get('content-type')).toContain('text/event-stream');
});
