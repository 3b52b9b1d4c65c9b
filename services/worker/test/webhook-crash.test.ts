import { shardOfId, type WebhookTask } from '@pawl/contracts';
import {
  cancelJob,
  defaultWebhookRules,
  reportAttempt,
  takeDelivery,
  type Engine,
} from '@pawl/engine';
import { createKeys } from '@pawl/store';
import { testRedis, waitFor } from '@pawl/testing';
import { expect, test } from 'vitest';
import { startTestWorker } from './harness/start-test-worker.ts';
import { startReceiver } from './harness/webhook-receiver.ts';

const secret = `whsec_${Buffer.alloc(24, 1).toString('base64')}`;
const minute = 60_000;
const redis = testRedis();
const keys = createKeys(redis.namespace);
const lease = 600_000;
const worker = await startTestWorker(redis, {
  webhooks: { given: { default: [secret] } },
  rules: {
    webhooks: { ...defaultWebhookRules, schedule: [0, 50, 50], lease, originLimit: 2 },
  },
  // The tests say when it is swept.
  timings: { sweepInterval: 3_600_000 },
});

/** The engine of a process whose wakes are lost. */
const dying: Engine = {
  ...worker.engine,
  store: { ...worker.engine.store, commit: (commit) => worker.engine.store.commit(commit) },
  queue: { ...worker.engine.queue, wake: () => Promise.resolve({ parked: [] }) },
};

async function endedJob(url: string, engine: Engine): Promise<WebhookTask> {
  const job = await worker.post({ prompt: 'Later', delay_seconds: 3_600, webhook: { url } });
  await cancelJob(engine, job, 'api');
  const { deliveries } = await worker.store.listDeliveries({ tenant: 'default', job, limit: 1 });
  const [delivery] = deliveries;
  if (delivery === undefined) throw new Error(`job ${job} has no delivery`);
  const since = 'since' in delivery.phase ? delivery.phase.since : -1;
  return { kind: 'webhook', delivery: delivery.id, since };
}

const succeeded = (id: string) =>
  waitFor(
    async () => {
      const delivery = await worker.store.readDelivery(id);
      return delivery?.phase.status === 'succeeded' ? delivery : undefined;
    },
    { what: 'the delivery' },
  );

test('a wake that is lost delays a webhook, and does not lose it (invariant 3)', async () => {
  const receiver = await startReceiver();
  const { delivery } = await endedJob(receiver.url, dying);
  await worker.sweepLater(minute);
  await succeeded(delivery);
  expect(receiver.received).toHaveLength(1);
});

test('a death between the attempt and its record repeats it under the same webhook-id', async () => {
  const receiver = await startReceiver();
  const task = await endedJob(receiver.url, dying);
  const taken = await takeDelivery(dying, task);
  expect(taken.kind).toBe('claimed');
  const body = await worker.store.readDeliveryBody(task.delivery);
  const event = (JSON.parse(body) as { id: string }).id;
  await fetch(receiver.url, { method: 'POST', body, headers: { 'webhook-id': event } });
  await worker.sweepLater(lease + minute);
  const delivery = await succeeded(task.delivery);
  expect(receiver.received.map(({ headers }) => headers['webhook-id'])).toEqual([event, event]);
  expect(new Set(receiver.received.map((each) => each.body)).size).toBe(1);
  expect(delivery.attempts).toBe(2);
  expect(delivery.log[0]?.error?.code).toBe('no_outcome');
});

test('webhooks that a version before shares has parked at their endpoint are sent', async () => {
  const receiver = await startReceiver();
  const { delivery: id } = await endedJob(receiver.url, dying);
  const before = await worker.store.readDelivery(id);
  if (before === undefined) throw new Error('the delivery must be there');
  const prefix = keys.tag(shardOfId(id));
  const phase = { status: 'parked', since: 2, parkedAt: Date.now() };
  const state = JSON.stringify({ ...before, sequence: 2, phase });
  await redis.redis.hset(`${prefix}:delivery:${id}`, 'sequence', 2, 'state', state);
  await redis.redis.zrem(`${prefix}:due-deliveries`, id);
  await redis.redis.zadd(`${prefix}:endpoint:${before.endpoint}:parked`, 1, id);
  await redis.redis.zadd(`${prefix}:endpoint:${before.endpoint}:slots`, 1, 'whd_0_gone');
  await redis.redis.zadd(`${prefix}:busy-endpoints`, 1, before.endpoint);
  await worker.sweepLater(minute);
  await succeeded(id);
  expect(receiver.received).toHaveLength(1);
  expect((await redis.keys()).filter((key) => key.includes('endpoint'))).toEqual([]);
});

test('a second claimant’s record counts, the first one’s is refused (invariant 2)', async () => {
  const task = await endedJob((await startReceiver()).url, dying);
  const first = await takeDelivery(dying, task);
  const second = await takeDelivery(dying, task);
  if (first.kind !== 'claimed' || second.kind !== 'claimed') throw new Error('not claimed');
  expect(second.epoch).toBeGreaterThan(first.epoch);
  const answered = { kind: 'answered', status: 200 } as const;
  expect(await reportAttempt(dying, first, answered)).toBeUndefined();
  expect((await reportAttempt(dying, second, answered))?.phase.status).toBe('succeeded');
});

const leftovers = async () =>
  (await redis.keys()).filter((key) => /endpoint|due-deliveries/.test(key));

test('afterwards nothing of endpoints and due deliveries is left', async () => {
  await waitFor(async () => (await leftovers()).length === 0);
  expect(await leftovers()).toEqual([]);
});
