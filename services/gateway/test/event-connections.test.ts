import { once } from 'node:events';
import { connect } from 'node:net';
import { startTcpProxy, testRedis } from '@pawl/testing';
import { describe, expect, onTestFinished, test } from 'vitest';
import { apiClient } from './harness/api-client.ts';
import { hasNoChromium, startChromium } from './harness/chromium.ts';
import { completeJob } from './harness/drive-job.ts';
import { openEvents } from './harness/event-reader.ts';
import { startTestGateway } from './harness/start-test-gateway.ts';

const streamTimes = { heartbeatInterval: 50, keyInterval: 50, readTimeout: 200 };
const redis = testRedis();
const gateway = await startTestGateway(redis, { settings: { streamTimes } });
const gatewayPort = Number(new URL(gateway.url).port);
const newKey = async () => {
  const { id, key } = await gateway.store.createApiKey({ tenant: 'default', name: 'test' });
  return { id, authorization: { Authorization: `Bearer ${key}` } };
};
const own = await newKey();
const api = apiClient(gateway.url, own.authorization);
const newJob = async () => (await api.post('/v1/jobs', { prompt: 'Work' })).body;

test('a stream with nothing to tell sends heartbeats, which are no events', async () => {
  const { id } = await newJob();
  const stop = new AbortController();
  const response = await fetch(`${gateway.url}/v1/jobs/${id}/events`, {
    headers: own.authorization,
    signal: stop.signal,
  });
  let text = '';
  for await (const piece of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    text += piece;
    // A gateway that is slow to read the log may send heartbeats before it.
    const [, afterwards = ''] = text.split('event: job.queued');
    if (afterwards.split(': heartbeat\n\n').length > 2) break;
  }
  expect(text).toContain('event: job.queued');
  expect(text.split('event: ')).toHaveLength(2);
  stop.abort();
});

test('the stream of a key that is revoked ends, and cannot be opened again', async () => {
  const { id } = await newJob();
  const reader = await newKey();
  const url = `${gateway.url}/v1/jobs/${id}/events`;
  const stream = await openEvents(url, reader.authorization);
  await stream.read(({ event }) => event === 'job.queued');
  await gateway.store.revokeApiKey(reader.id);
  expect(await stream.read()).toEqual([]);
  expect((await openEvents(url, reader.authorization)).status).toBe(401);
});

test('a reader that does not read loses its connection, and finds all of it when it comes back', async () => {
  const tenant = 'slow';
  const { key } = await gateway.store.createApiKey({ tenant, name: 'test' });
  const authorization = { Authorization: `Bearer ${key}` };
  // More than the buffers of a connection hold.
  const subject = {
    job: 'job_0_a',
    user: 'a'.repeat(200_000),
    conversation: 'conv_0_a',
    schedule: null,
  };
  const log = redis.redis.pipeline();
  for (let number = 1; number <= 100; number += 1) {
    const event = JSON.stringify([{ type: 'job.queued', at: number }]);
    const fields = ['subject', JSON.stringify(subject), 'first', String(number), 'events', event];
    log.xadd(`${redis.prefix}:events:${tenant}`, '*', ...fields);
  }
  await log.exec();
  const socket = connect(gatewayPort, '127.0.0.1').pause();
  const closed = once(socket, 'close').catch(() => undefined);
  socket.on('error', () => undefined);
  const head = `Host: localhost\r\nAuthorization: ${authorization.Authorization}`;
  socket.write(`GET /v1/events?after=0 HTTP/1.1\r\n${head}\r\n\r\n`);
  await once(socket, 'readable');
  await expect
    .poll(() => gateway.logged.some((line) => line.includes('/v1/events') && line.includes(tenant)))
    .toBe(true);
  socket.resume();
  await closed;
  // This one reads, but on a busy machine not always within so short a time.
  const patient = await startTestGateway(redis);
  const stream = await openEvents(`${patient.url}/v1/events?after=0`, authorization);
  const events = await stream.read(({ data }) => data.id === 100);
  stream.leave();
  expect(events.filter(({ event }) => event === 'job.queued')).toHaveLength(100);
});

describe.skipIf(hasNoChromium)('in Chromium', () => {
  const chromium = startChromium();

  test('an EventSource gets each event once, over lost connections, and stops when the job has ended', async () => {
    const job = await newJob();
    const way = await startTcpProxy(gatewayPort);
    onTestFinished(() => way.stop());
    const origin = `http://127.0.0.1:${way.port}`;
    const context = await chromium.open({ extraHTTPHeaders: own.authorization });
    const page = await context.newPage();
    // Any page of the gateway's origin: its own forbid scripts.
    await page.route(`${origin}/test`, (route) =>
      route.fulfill({ contentType: 'text/html', body: '<title>Events</title>' }),
    );
    await page.goto(`${origin}/test`);
    await page.evaluate((path) => {
      const seen: string[] = [];
      const source = new EventSource(path);
      for (const name of ['job.queued', 'job.started', 'turn.started', 'job.completed']) {
        source.addEventListener(name, (event) =>
          seen.push(`${(event as MessageEvent).lastEventId} ${name}`),
        );
      }
      Object.assign(globalThis, { seen, source });
    }, `/v1/jobs/${job.id}/events`);
    const seen = () => page.evaluate(() => (globalThis as unknown as { seen: string[] }).seen);
    const state = () =>
      page.evaluate(() => (globalThis as unknown as { source: EventSource }).source.readyState);
    await expect.poll(seen).toEqual(['1 job.queued']);
    way.cut();
    await completeJob(gateway.engine, job.id, 'Done.');
    await expect
      .poll(seen)
      .toEqual(['1 job.queued', '2 job.started', '3 turn.started', '5 job.completed']);
    // Answered with 204, it does not connect again.
    await expect.poll(state).toBe(2);
  });
});
