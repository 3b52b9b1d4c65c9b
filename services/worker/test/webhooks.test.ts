import { cancelJob, expireJob, replay } from '@pawl/engine';
import { testRedis, waitFor } from '@pawl/testing';
import OpenAI from 'openai';
import { Webhook } from 'standardwebhooks';
import { expect, test } from 'vitest';
import { scripted, startTestWorker } from './harness/start-test-worker.ts';
import { startReceiver, type Received } from './harness/webhook-receiver.ts';

const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
const worker = await startTestWorker(testRedis(), {
  sandbox: { autoActive: false },
  webhooks: { given: { default: [secret] } },
});
const receiver = await startReceiver();
const webhook = { url: receiver.url };

async function told(job: string): Promise<Received> {
  return await waitFor(() => receiver.of(job).at(-1), { what: `a webhook of ${job}` });
}

const ready = (user: string) =>
  worker.control.setAccountStatus({ identifier: user, connection: 'gmail' }, 'ACTIVE');

test('a completed job is told with its result, and both receivers’ libraries verify it', async () => {
  ready('completed');
  const prompt = scripted([{ text: 'All done.' }]);
  const job = await worker.post({ prompt, user: 'completed', webhook });
  const { headers, body, event } = await told(job);
  expect(event).toMatchObject({
    id: expect.stringMatching(/^evt_/),
    object: 'event',
    type: 'job.completed',
    data: { id: job, object: 'job', status: 'completed', result: { text: 'All done.' } },
  });
  expect(headers['webhook-id']).toBe(event.id);
  expect(headers['content-type']).toBe('application/json');
  const plain = headers as Record<string, string>;
  expect(new Webhook(secret).verify(body, plain)).toEqual(event);
  const openai = new OpenAI({ apiKey: 'none', webhookSecret: secret });
  expect(await openai.webhooks.unwrap(body, plain)).toEqual(event);
  expect(() => new Webhook(secret).verify(`${body} `, plain)).toThrow('No matching signature');
});

test('an incomplete job is told with the limit that stopped it', async () => {
  ready('incomplete');
  const prompt = scripted([[{ tool: 'gmail_get_profile' }], [{ tool: 'gmail_get_profile' }]]);
  const limits = { turns: 1 };
  const job = await worker.post({ prompt, user: 'incomplete', limits, webhook });
  expect((await told(job)).event).toMatchObject({
    type: 'job.incomplete',
    data: { status: 'incomplete', stop_reason: 'turns' },
  });
});

test('a failed job is told with its error', async () => {
  const user = 'failed';
  ready(user);
  worker.control.addFault({
    match: { operation: 'model', promptIncludes: 'Fails for good.' },
    effect: { kind: 'http_status', status: 401 },
  });
  const job = await worker.post({ prompt: 'Fails for good.', user, webhook });
  expect((await told(job)).event).toMatchObject({
    type: 'job.failed',
    data: { status: 'failed', error: { code: 'model_unauthorized' } },
  });
});

test('a job that is cancelled before it ever ran is told, by whoever cancels it', async () => {
  const job = await worker.post({ prompt: 'Later', delay_seconds: 3_600, webhook });
  await cancelJob(worker.engine, job, 'api');
  expect((await told(job)).event).toMatchObject({
    type: 'job.cancelled',
    data: { status: 'cancelled' },
  });
});

test('a job that is cancelled by the next one of its conversation is told', async () => {
  const first = await worker.post({ prompt: 'One', user: 'interrupted', webhook });
  await worker.until(
    first,
    ({ phase }) => phase.name === 'turn' && phase.step.status === 'blocked',
  );
  const { conversation } = (await worker.store.readJob(first)) ?? {};
  await worker.post({ prompt: 'Two', user: 'interrupted', conversation, when_busy: 'interrupt' });
  await waitFor(() => receiver.of(first).length === 2, { what: 'the second webhook' });
  expect((await told(first)).event.type).toBe('job.cancelled');
});

test('a job that the sweeper expires is told', async () => {
  const limits = { deadline_seconds: 600 };
  const job = await worker.post({ prompt: 'Waits', user: 'expired', limits, webhook });
  expect((await told(job)).event.type).toBe('job.requires_action');
  await worker.sweepLater(600_000);
  await expireJob(worker.engine, job);
  const page = { tenant: 'default', job, limit: 10 };
  const { deliveries } = await worker.store.listDeliveries(page);
  expect(deliveries.map(({ type }) => type)).toEqual(['job.expired', 'job.requires_action']);
  // It is due at the time of that sweep: bring it forward.
  await replay(worker.engine, deliveries[0]?.id ?? '');
  await waitFor(() => receiver.of(job).length === 2, { what: 'the second webhook' });
  expect(receiver.of(job).map(({ event }) => event.type)).toEqual([
    'job.requires_action',
    'job.expired',
  ]);
});

test('a job that needs a person is told with the link that a person opens', async () => {
  const job = await worker.post({ prompt: 'Read my mail', user: 'nobody', webhook });
  expect((await told(job)).event).toMatchObject({
    type: 'job.requires_action',
    data: {
      status: 'requires_action',
      required_action: {
        type: 'connect_account',
        url: expect.stringMatching(`^http://localhost:3000/connect/${job}\\.`),
      },
    },
  });
});

test('only the wanted events are told', async () => {
  ready('choosy');
  const wanted = { url: receiver.url, events: ['job.failed' as const] };
  const prompt = scripted([{ text: 'Done.' }]);
  const job = await worker.post({ prompt, user: 'choosy', webhook: wanted });
  await worker.ended(job);
  const page = { tenant: 'default', job, limit: 10 };
  expect((await worker.store.listDeliveries(page)).deliveries).toEqual([]);
});

test('the same commit always makes the same ids', async () => {
  const job = await worker.post({ prompt: 'Later', delay_seconds: 3_600, webhook });
  await cancelJob(worker.engine, job, 'api');
  const part = `${job.replace('job_', '')}-2`;
  const { deliveries } = await worker.store.listDeliveries({ tenant: 'default', job, limit: 10 });
  expect(deliveries.map(({ id, event }) => [id, event])).toEqual([[`whd_${part}`, `evt_${part}`]]);
});

test('nothing secret and no path of a receiver stands in the log', () => {
  const log = worker.lines.join('');
  expect(log).toContain('webhook attempted');
  expect(log).not.toContain(secret.slice(6));
  expect(log).not.toContain('/hooks');
});
