import type { WebhookDelivery } from '@pawl/contracts';
import {
  cancelJob,
  defaultWebhookRules,
  deliveryView,
  replay,
  tenantDeliveries,
} from '@pawl/engine';
import { testRedis, waitFor } from '@pawl/testing';
import { expect, test } from 'vitest';
import { startTestWorker } from './harness/start-test-worker.ts';
import { startReceiver, type Answer } from './harness/webhook-receiver.ts';

const secret = `whsec_${Buffer.alloc(24, 1).toString('base64')}`;
const waits = [0, 60, 120];
const rules = { ...defaultWebhookRules, schedule: waits, jitter: 0, lease: 600_000 };
const redis = testRedis();
const worker = await startTestWorker(redis, {
  webhooks: { given: { default: [secret] } },
  rules: { webhooks: rules },
});
/** Long enough for the beginning of an answer; tries once, so that the time runs out once. */
const webhookTimeout = 3_000;
const impatient = await startTestWorker(testRedis(), {
  webhooks: { given: { default: [secret] } },
  webhookTimeout,
  rules: { webhooks: { ...rules, schedule: [0] } },
});

/** A job that is cancelled before it runs, and so tells its webhook. */
async function endedJob(url: string, { post, engine } = worker): Promise<string> {
  const job = await post({ prompt: 'Later', delay_seconds: 3_600, webhook: { url } });
  await cancelJob(engine, job, 'api');
  return job;
}

async function delivery(job: string, { store } = worker): Promise<WebhookDelivery> {
  const page = { tenant: 'default', job, limit: 10 };
  const [found] = (await store.listDeliveries(page)).deliveries;
  if (found === undefined) throw new Error(`job ${job} has no delivery`);
  return found;
}

async function settled(job: string, by = worker) {
  return await waitFor(
    async () => {
      const shown = deliveryView(await delivery(job, by));
      return shown.status === 'pending' ? undefined : shown;
    },
    { what: 'the end of the delivery' },
  );
}

const status =
  (code: number, headers: Record<string, string> = {}): Answer =>
  (_request, response) => {
    response.writeHead(code, headers).end();
  };

test('a failed attempt is repeated by the schedule until one succeeds, always under the same id', async () => {
  const answers = [500, 503, 200];
  const receiver = await startReceiver((request, response) =>
    status(answers.shift() ?? 500)(request, response),
  );
  const shown = await settled(await endedJob(receiver.url));
  expect(shown).toMatchObject({
    status: 'succeeded',
    attempts: 3,
    response_code: 200,
    error: null,
  });
  expect(shown.log.map((attempt) => attempt.response_code)).toEqual([500, 503, 200]);
  expect(shown.log[0]?.error).toMatchObject({ code: 'refused' });
  expect(new Set(receiver.received.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
  expect(new Set(receiver.received.map(({ body }) => body)).size).toBe(1);
  const spans = shown.log.map(({ started_at: start, milliseconds }) => {
    const from = Date.parse(start);
    return { from, to: from + milliseconds };
  });
  for (const [index, { from }] of spans.entries()) {
    const last = spans[index - 1]?.to ?? 0;
    expect(from - last).toBeGreaterThanOrEqual(waits[index] ?? Number.NaN);
  }
});

test('a delivery whose attempts are used up is dead, visible, and can be replayed', async () => {
  const receiver = await startReceiver(status(500));
  const job = await endedJob(receiver.url);
  const dead = await settled(job);
  expect(dead).toMatchObject({ status: 'dead', attempts: 3, reason: 'attempts_exhausted' });
  const page = { tenant: 'default', status: 'dead', limit: 100 } as const;
  const { deliveries } = await worker.store.listDeliveries(page);
  expect(deliveries.map(({ id }) => id)).toContain(dead.id);
  receiver.answerWith(status(200));
  expect((await replay(worker.engine, dead.id)).kind).toBe('replayed');
  expect(await settled(job)).toMatchObject({ status: 'succeeded', attempts: 4, reason: null });
  const [first, ...others] = receiver.received;
  expect(others).toHaveLength(3);
  for (const { body, headers } of others) {
    expect(body).toBe(first?.body);
    expect(headers['webhook-id']).toBe(first?.headers['webhook-id']);
  }
});

test('Retry-After puts the next attempt off', async () => {
  const receiver = await startReceiver(status(429, { 'Retry-After': '600' }));
  const job = await endedJob(receiver.url);
  const { log, phase } = await waitFor(async () => {
    const found = await delivery(job);
    return found.attempts === 1 && found;
  });
  const notBefore = (log[0]?.finishedAt ?? 0) + 600_000;
  expect(phase).toMatchObject({ status: 'ready', notBefore });
});

test('410 ends the delivery and disables the endpoint, until somebody replays', async () => {
  const receiver = await startReceiver(status(410));
  const first = await endedJob(receiver.url);
  expect(await settled(first)).toMatchObject({
    status: 'dead',
    attempts: 1,
    reason: 'endpoint_gone',
    response_code: 410,
  });
  const second = await endedJob(receiver.url);
  const refused = await settled(second);
  expect(refused).toMatchObject({ status: 'dead', attempts: 0, reason: 'endpoint_disabled' });
  expect(receiver.received).toHaveLength(1);
  receiver.answerWith(status(200));
  await replay(worker.engine, refused.id);
  expect(await settled(second)).toMatchObject({ status: 'succeeded' });
  expect(await settled(await endedJob(receiver.url))).toMatchObject({ status: 'succeeded' });
});

test('a redirect is a failure and is not followed', async () => {
  const target = await startReceiver();
  const receiver = await startReceiver(status(307, { Location: target.url }));
  const shown = await settled(await endedJob(receiver.url));
  expect(shown).toMatchObject({
    status: 'dead',
    response_code: 307,
    error: { code: 'redirected' },
  });
  expect(target.received).toEqual([]);
});

test('a receiver that never answers, or never ends its answer, is timed out', async () => {
  const silent = await startReceiver(() => undefined);
  const endless = await startReceiver((_request, response) => {
    response.writeHead(200).write('.');
    const drip = setInterval(() => response.write('.'), 50);
    response.once('close', () => clearInterval(drip));
  });
  const [first, second] = await Promise.all([
    settled(await endedJob(silent.url, impatient), impatient),
    settled(await endedJob(endless.url, impatient), impatient),
  ]);
  expect(first).toMatchObject({
    status: 'dead',
    response_code: null,
    error: { code: 'timed_out' },
  });
  expect(second).toMatchObject({
    status: 'dead',
    response_code: 200,
    error: { code: 'timed_out' },
  });
  for (const { error } of [first, second])
    expect(error?.message).toContain(`within ${webhookTimeout / 1_000} s`);
});

test('a huge answer is not read to its end: its status has said all', async () => {
  let sent = 0;
  const receiver = await startReceiver((_request, response) => {
    response.writeHead(200);
    const chunk = Buffer.alloc(65_536, 'x');
    const pour = () => {
      while (!response.destroyed && response.write(chunk)) sent += chunk.length;
      sent += chunk.length;
    };
    response.on('drain', pour);
    pour();
  });
  expect(await settled(await endedJob(receiver.url))).toMatchObject({
    status: 'succeeded',
    attempts: 1,
  });
  expect(sent).toBeLessThan(50_000_000);
});

test('a connection that is cut off, or that nobody takes, is a failed attempt', async () => {
  const cutting = await startReceiver((_request, response) => response.destroy());
  const shown = await settled(await endedJob(cutting.url));
  expect(shown).toMatchObject({ status: 'dead', attempts: 3, error: { code: 'not_reached' } });
  const nobody = await settled(await endedJob('http://127.0.0.1:9/'));
  expect(nobody).toMatchObject({
    status: 'dead',
    error: { code: 'not_reached', message: 'The receiver refused the connection.' },
  });
});

test('an address that is not allowed is never connected to, and the log says what to do', async () => {
  const shown = await settled(await endedJob('http://10.0.0.1/hooks'));
  expect(shown).toMatchObject({ status: 'dead', error: { code: 'address_refused' } });
  expect(shown.error?.message).toContain('WEBHOOK_ALLOWED_HOSTS');
});

test('a job without a webhook makes no delivery', async () => {
  const job = await worker.post({ prompt: 'Later', delay_seconds: 3_600 });
  await cancelJob(worker.engine, job, 'api');
  const page = { tenant: 'default', job, limit: 10 };
  expect((await worker.store.listDeliveries(page)).deliveries).toEqual([]);
});

const keysNaming = async (part: string) => {
  const found: string[] = [];
  for (const key of await redis.keys()) {
    const isSortedSet = (await redis.redis.type(key)) === 'zset';
    const members = isSortedSet ? await redis.redis.zrange(key, '0', '-1') : [];
    if ([key, ...members].some((text) => text.includes(part))) found.push(key);
  }
  return found;
};

test('a job is erased with its deliveries, wherever they stand', async () => {
  const receiver = await startReceiver(status(500));
  const job = await endedJob(receiver.url);
  expect(await worker.store.hasPendingDeliveries(job)).toBe(true);
  const dead = await settled(job);
  expect(await worker.store.hasPendingDeliveries(job)).toBe(false);
  expect((await worker.store.eraseJob(job)).kind).toBe('erased');
  expect(await worker.store.readDelivery(dead.id)).toBeUndefined();
  expect(await keysNaming(dead.id)).toEqual([]);
});

test('an event that is no job’s is committed with what brings it, and told', async () => {
  const receiver = await startReceiver();
  const event = {
    id: 'sch_0_nightly',
    sequence: 3,
    tenant: 'default',
    type: 'schedule.disabled',
    data: { id: 'sch_0_nightly', object: 'schedule' },
    at: Date.now(),
  } as const;
  const events = ['schedule.disabled' as const];
  const told = tenantDeliveries({ ...event, target: { url: receiver.url, events } });
  const untold = { url: receiver.url, events: ['job.failed' as const] };
  expect(tenantDeliveries({ ...event, target: untold })).toEqual([]);
  await worker.store.commit({ jobs: [], deliveries: told, at: event.at });
  const id = 'whd_0_nightly-3';
  await waitFor(async () => (await worker.store.readDelivery(id))?.phase.status === 'succeeded');
  expect(receiver.received.map(({ event: received }) => received)).toMatchObject([
    { id: 'evt_0_nightly-3', type: 'schedule.disabled', data: { id: 'sch_0_nightly' } },
  ]);
  const kept = Date.now() + 2 * 3_600_000;
  expect(await worker.store.deliveriesToErase(0, kept, 10)).toContain(id);
  await worker.store.eraseDelivery(id);
  expect(await keysNaming(id)).toEqual([]);
});
