import { cancelJob, defaultWebhookRules } from '@pawl/engine';
import { createKeys } from '@pawl/store';
import { testRedis, testShards, waitFor } from '@pawl/testing';
import { expect, test } from 'vitest';
import { scripted, startTestWorker } from './harness/start-test-worker.ts';
import { startReceiver } from './harness/webhook-receiver.ts';

const secret = `whsec_${Buffer.alloc(24, 1).toString('base64')}`;
const redis = testRedis();
const keys = createKeys(redis.namespace);
/** Deliveries to one origin at a time: several shards divide the ten among them. */
const originLimit = Math.max(1, Math.floor(10 / testShards));
const atOnce = testShards * originLimit;
const worker = await startTestWorker(redis, {
  webhooks: { given: { default: [secret] } },
  webhookTimeout: 600_000,
  rules: { webhooks: { ...defaultWebhookRules, lease: 600_000, originLimit } },
  timings: { stalledInterval: 4_000 },
});

async function delayedJobs(count: number, url: string): Promise<string[]> {
  return await Promise.all(
    Array.from({ length: count }, (_, number) =>
      worker.post({
        prompt: 'Later',
        user: `user-${number}`,
        delay_seconds: 3_600,
        webhook: { url },
      }),
    ),
  );
}

const endAll = (jobs: readonly string[]) =>
  Promise.all(jobs.map((job) => cancelJob(worker.engine, job, 'api')));

async function countOf(status: 'pending' | 'succeeded' | 'dead'): Promise<number> {
  const counts = await Promise.all(
    Array.from({ length: testShards }, (_, shard) =>
      redis.redis.zcard(`${keys.tag(shard)}:deliveries:default:status:${status}`),
    ),
  );
  return counts.reduce((sum, count) => sum + count);
}

/** Milliseconds: this is work, and a busy machine takes its time for it. */
const patience = 240_000;

test(
  '1,000 jobs that end at once deliver 1,000 webhooks, beside a receiver that hangs',
  async () => {
    const hanging = await startReceiver(() => undefined);
    const receiver = await startReceiver();
    const stuck = await delayedJobs(30, hanging.url);
    const jobs = await delayedJobs(1_000, receiver.url);
    await endAll(stuck);
    await waitFor(() => hanging.received.length === atOnce, {
      what: 'the hanging receiver to be full',
    });

    await endAll(jobs);
    const prompt = scripted([{ text: 'Not slowed.' }]);
    const other = await worker.post({ prompt, webhook: { url: receiver.url } });
    expect(await worker.ended(other)).toMatchObject({ status: 'completed' });
    await waitFor(async () => (await countOf('succeeded')) === 1_001, {
      what: 'every delivery',
      timeoutMilliseconds: patience,
    });

    const told = receiver.received.map(({ event }) => event.data.id);
    expect(new Set(told)).toEqual(new Set([...jobs, other]));
    expect(told).toHaveLength(1_001);
    expect(receiver.peak()).toBeLessThanOrEqual(atOnce);
    expect(hanging.received).toHaveLength(atOnce);
    expect(await countOf('pending')).toBe(30);
    expect(await countOf('dead')).toBe(0);

    hanging.answerWith((_request, response) => response.writeHead(200).end());
    hanging.release();
    await waitFor(async () => (await countOf('pending')) === 0, {
      what: 'the parked ones',
      timeoutMilliseconds: patience,
    });
    expect(new Set(hanging.received.map(({ event }) => event.data.id))).toEqual(new Set(stuck));
    expect(hanging.peak()).toBe(atOnce);
  },
  2 * patience,
);
