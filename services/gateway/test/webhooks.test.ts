import type {
  RotatedWebhookSecret,
  WebhookDeliveryDetail,
  WebhookDeliveryList,
  WebhookDeliveryResource,
} from '@pawl/contracts';
import { testRedis } from '@pawl/testing';
import { expect, test } from 'vitest';
import { apiClient } from './harness/api-client.ts';
import { askForCall, completeJob } from './harness/drive-job.ts';
import { startTestGateway } from './harness/start-test-gateway.ts';

const redis = testRedis();
const secretOf = (fill: number) => `whsec_${Buffer.alloc(32, fill).toString('base64')}`;
const encryptionKey = Buffer.alloc(32, 9);
const gateway = await startTestGateway(redis, {
  secrets: { encryptionKey, given: { default: [secretOf(1)] } },
});
const api = apiClient(gateway.url);
const { key } = await gateway.store.createApiKey({ tenant: 'default', name: 'mine' });
const { key: foreign } = await gateway.store.createApiKey({ tenant: 'other', name: 'theirs' });
const mine = { Authorization: `Bearer ${key}` };
const theirs = { Authorization: `Bearer ${foreign}` };
const url = 'https://receiver.example/hooks?token=1';

async function toldJob(body: object = {}) {
  const answer = await api.post('/v1/jobs', { prompt: 'Go', webhook: { url }, ...body }, mine);
  expect(answer.status).toBe(202);
  await completeJob(gateway.engine, answer.body.id, 'Done.');
  return answer.body.id;
}

const list = (query: string, headers = mine) =>
  api.get<WebhookDeliveryList>(`/v1/webhook-deliveries${query}`, headers);

test('the log of a job shows its delivery', async () => {
  const job = await toldJob();
  const { body } = await list(`?job=${job}`);
  expect(body).toMatchObject({ object: 'list', next_cursor: null });
  const [shown] = body.data;
  expect(shown).toEqual({
    id: expect.stringMatching(/^whd_\d_/),
    object: 'webhook_delivery',
    status: 'pending',
    event: expect.stringMatching(/^evt_\d_/),
    type: 'job.completed',
    job,
    url,
    attempts: 0,
    response_code: null,
    error: null,
    created_at: expect.any(String),
    last_attempt_at: null,
    next_attempt_at: shown?.created_at,
    finished_at: null,
    reason: null,
    log: [],
  });
  const one = await api.get<WebhookDeliveryDetail>(`/v1/webhook-deliveries/${shown?.id}`, mine);
  const sent = await gateway.store.readDeliveryBody(shown?.id ?? '');
  expect(one.body).toEqual({ ...shown, body: JSON.parse(sent) });
  expect(one.body.body).toMatchObject({ type: 'job.completed', data: { id: job } });
});

test('the body of a webhook shows its link to approve calls to keys that may approve', async () => {
  const body = { prompt: 'Go', webhook: { url }, tools: { approve: 'writes' } };
  const { id } = (await api.post('/v1/jobs', body, mine)).body;
  await askForCall(gateway.engine, id);
  const delivery = (await list(`?job=${id}`)).body.data[0]?.id ?? '';
  const actionFor = async (headers: Record<string, string>) => {
    const path = `/v1/webhook-deliveries/${delivery}`;
    return (await api.get<WebhookDeliveryDetail>(path, headers)).body.body.data['required_action'];
  };
  const { key: reading } = await gateway.store.createApiKey({
    tenant: 'default',
    name: 'reading',
    scopes: ['jobs:read'],
  });
  expect(await actionFor(mine)).toMatchObject({
    type: 'approve_tool_calls',
    url: expect.stringContaining('/approve/'),
  });
  expect(await actionFor({ Authorization: `Bearer ${reading}` })).toMatchObject({
    type: 'approve_tool_calls',
    url: null,
  });
});

test('the log of a tenant is paged, newest first, and can be narrowed to the dead', async () => {
  const jobs = [await toldJob(), await toldJob(), await toldJob()];
  const first = await list('?limit=2&status=pending');
  expect(first.body.data.map(({ job }) => job)).toEqual([jobs[2], jobs[1]]);
  const second = await list(`?limit=1&cursor=${first.body.next_cursor}`);
  expect(second.body.data.map(({ job }) => job)).toEqual([jobs[0]]);
  expect((await list('?status=dead')).body.data).toEqual([]);
  expect((await list('?cursor=nonsense')).status).toBe(400);
  expect((await list('?status=lost')).status).toBe(400);
});

test('another tenant’s deliveries do not exist', async () => {
  const job = await toldJob();
  const id = (await list(`?job=${job}`)).body.data[0]?.id ?? '';
  expect((await list('', theirs)).body.data).toEqual([]);
  expect((await list(`?job=${job}`, theirs)).status).toBe(404);
  expect((await api.get(`/v1/webhook-deliveries/${id}`, theirs)).status).toBe(404);
  expect((await api.post(`/v1/webhook-deliveries/${id}/replay`, {}, theirs)).status).toBe(404);
  for (const unknown of ['whd_0_unknown', 'whd_999_a', 'nonsense', job]) {
    expect((await api.post(`/v1/webhook-deliveries/${unknown}/replay`, {}, mine)).status).toBe(404);
  }
});

test('a replay is due at once, with the same body and event', async () => {
  const job = await toldJob();
  const [before] = (await list(`?job=${job}`)).body.data;
  const body = await gateway.store.readDeliveryBody(before?.id ?? '');
  const path = `/v1/webhook-deliveries/${before?.id}/replay`;
  const { status, body: replayed } = await api.post<WebhookDeliveryResource>(path, {}, mine);
  expect(status).toBe(202);
  expect(replayed).toMatchObject({ id: before?.id, event: before?.event, status: 'pending' });
  expect(await gateway.store.readDeliveryBody(replayed.id)).toBe(body);
});

test.each([
  ['no web address', { url: 'ftp://receiver.example/' }, 'webhook.url'],
  ['an address of a cloud’s metadata', { url: 'http://169.254.169.254/' }, 'webhook.url'],
  ['an address inside IPv6', { url: 'http://[::ffff:10.0.0.1]/' }, 'webhook.url'],
  ['an address in hexadecimal', { url: 'http://0x0a000001/' }, 'webhook.url'],
  ['this machine', { url: 'http://localhost:4000/' }, 'webhook.url'],
  ['an address that is a cloud’s own', { url: 'http://168.63.129.16/' }, 'webhook.url'],
  ['no URL', { url: 'receiver' }, 'webhook.url'],
  ['credentials', { url: 'https://me:secret@receiver.example/' }, 'webhook.url'],
  ['too long a URL', { url: `https://receiver.example/${'a'.repeat(2_048)}` }, 'webhook.url'],
  ['an unknown event', { url, events: ['job.queued'] }, 'webhook.events[0]'],
  ['no event', { url, events: [] }, 'webhook.events'],
  ['an unknown field', { url, secret: 'mine' }, 'webhook.secret'],
  ['no url', {}, 'webhook.url'],
])('a webhook with %s is refused by name', async (_what, webhook, path) => {
  const text = JSON.stringify({ prompt: 'Go', webhook });
  const { status, body } = await api.postText('/v1/jobs', text, mine);
  expect(status).toBe(400);
  expect(body.errors?.map((error) => error.path)).toContain(path);
  expect(JSON.stringify(body)).not.toContain('me:secret');
});

test('the tenant’s default is told, unless the job has its own webhook or wants none', async () => {
  const webhookUrl = 'https://default.example/';
  const withDefault = await startTestGateway(redis, {
    secrets: { given: { default: [secretOf(1)] } },
    settings: {
      defaults: { user: 'u', connections: [], model: 'm', instructions: '', webhookUrl },
    },
  });
  const other = apiClient(withDefault.url);
  const webhookOf = async (body: object, headers = mine) => {
    const answer = await other.post('/v1/jobs', { prompt: 'Go', ...body }, headers);
    return (await withDefault.store.readJob(answer.body.id))?.webhook;
  };
  expect((await webhookOf({}))?.url).toBe(webhookUrl);
  expect(await webhookOf({ webhook: { url, events: ['job.failed'] } })).toEqual({
    url,
    events: ['job.failed'],
  });
  expect(await webhookOf({ webhook: null })).toBeUndefined();
  expect(await webhookOf({}, theirs)).toBeUndefined();
});

test('without a secret a job with a webhook is refused, and the answer says what to do', async () => {
  const text = JSON.stringify({ prompt: 'Go', webhook: { url } });
  const refused = await api.postText('/v1/jobs', text, theirs);
  expect(refused.status).toBe(409);
  expect(refused.body.code).toBe('webhook_secret_missing');
  expect(refused.body.detail).toContain('/v1/webhook-secrets/rotate');
  const made = await api.post<RotatedWebhookSecret>('/v1/webhook-secrets/rotate', {}, theirs);
  expect(made.status).toBe(201);
  expect(made.body).toMatchObject({ object: 'webhook_secret', previous_valid_until: null });
  expect(made.body.secret).toMatch(/^whsec_/);
  expect((await api.postText('/v1/jobs', text, theirs)).status).toBe(202);
});

test('without an encryption key no secret can be made, and the answer says what to set', async () => {
  const without = await startTestGateway(redis);
  const { status, body } = await apiClient(without.url).postText(
    '/v1/webhook-secrets/rotate',
    '{}',
    mine,
  );
  expect(status).toBe(501);
  expect(body.code).toBe('encryption_not_configured');
  expect(body.detail).toContain('PAWL_ENCRYPTION_KEY');
});

test('no secret is logged', () => {
  const log = gateway.logged.join('');
  expect(log).not.toMatch(/whsec_[A-Za-z0-9+/]{8}/);
  expect(log).not.toContain('token=1');
});
