import { randomBytes } from 'node:crypto';
import type { Job, JsonObject, Schedule, WebhookDeliveryResource } from '@pawl/contracts';
import { startSandbox } from '@pawl/sandbox';
import { testRedis } from '@pawl/testing';
import { Ajv2020 } from 'ajv/dist/2020.js';
import {
  type Arbitrary,
  array,
  assert as assertAll,
  asyncProperty,
  constant,
  constantFrom,
  dictionary,
  jsonValue,
  oneof,
  option,
  record,
  string,
  stringMatching,
  subarray,
  tuple,
} from 'fast-check';
import { afterAll, beforeEach, expect, test } from 'vitest';
import type { Operation } from '../src/api/operation.ts';
import { createOpenApiDocument } from '../src/api/openapi.ts';
import { operations, type OperationName } from '../src/api/operations.ts';
import { type Answer, apiClient } from './harness/api-client.ts';
import { openEvents } from './harness/event-reader.ts';
import { completeJob, failJob, loseOutcome } from './harness/drive-job.ts';
import { startTestGateway } from './harness/start-test-gateway.ts';

const sandbox = await startSandbox({ autoActive: true });
afterAll(() => sandbox.close());
const gateway = await startTestGateway(testRedis(), {
  scalekit: sandbox,
  settings: { schedules: { minimumSeconds: 60, perTenant: 1_000_000 } },
  secrets: {
    given: { default: [`whsec_${randomBytes(32).toString('base64')}`] },
    encryptionKey: randomBytes(32),
  },
});
// A key from the start: an example makes another one, and then every request needs one.
const { key } = await gateway.store.createApiKey({ tenant: 'default', name: 'test' });
const withKey = { Authorization: `Bearer ${key}` };
const api = apiClient(gateway.url, withKey);
beforeEach(async () => {
  await api.send('/v1/limits', { method: 'PUT', ...json({}) });
});

interface Described {
  readonly responses: Record<string, { content?: Record<string, unknown> }>;
}
const document = createOpenApiDocument() as {
  readonly paths: Record<string, Record<string, Described>>;
};
const schemas = new Ajv2020({ strict: false, validateFormats: false }).addSchema(
  { ...document, $id: 'api' },
  'api',
);

const all = Object.entries<Operation>(operations) as [OperationName, Operation][];
const answered = all.filter(([, { answer }]) => !('stream' in answer));

/** Fails where the answer has a status or a field that the document does not know. */
function hold({ path, method }: Operation, { status, headers, body }: Answer<unknown>): void {
  const { responses } = document.paths[path]?.[method] ?? { responses: {} };
  expect(Object.keys(responses), `${method} ${path}: ${JSON.stringify(body)}`).toContain(
    String(status),
  );
  expect(status).toBeLessThan(500);
  const [type = ''] = (headers.get('content-type') ?? '').split(';');
  expect(Object.keys(responses[status]?.content ?? {})).toEqual(type === '' ? [] : [type]);
  expect(problemsOf([path, method, 'responses', String(status), 'content', type], body)).toEqual(
    [],
  );
}

/** What stands against a body of this type of content. */
function problemsOf(content: readonly string[], body: unknown, member = 'schema'): unknown[] {
  if (content.at(-1) === '') return body === '' ? [] : [body];
  const pointer = [...content, member].map((part) =>
    encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1')),
  );
  const validate = schemas.getSchema(`api#/paths/${pointer.join('/')}`);
  if (validate === undefined) return [`there is no schema at ${content.join(' ')}`];
  return validate(body) === true ? [] : (validate.errors ?? []);
}

function send({ method }: Operation, path: string, body?: unknown): Promise<Answer<unknown>> {
  return api.send(path, {
    method: method.toUpperCase(),
    ...(body !== undefined && json(body)),
  });
}

function json(body: unknown): RequestInit {
  return { body: JSON.stringify(body), headers: { 'Content-Type': 'application/json' } };
}

async function newJob(): Promise<Job> {
  const example = operations.createJob.body.example;
  return (await api.post('/v1/jobs', example)).body;
}

async function newSchedule(): Promise<Schedule> {
  return (await api.post<Schedule>('/v1/schedules', operations.createSchedule.body.example)).body;
}

let agents = 0;

async function newAgent(): Promise<string> {
  agents += 1;
  const name = `agent-${agents}`;
  await api.post('/v1/agents', { ...operations.createAgent.body.example, name });
  return name;
}

async function failedJob(): Promise<Job> {
  const job = await newJob();
  await failJob(gateway.engine, job.id, 'model_failed');
  return job;
}

async function newTrigger(): Promise<string> {
  const { example } = operations.createTrigger.body;
  return (await api.post<{ id: string }>('/v1/triggers', example)).body.id;
}

async function newKey(): Promise<string> {
  return (await gateway.store.createApiKey({ tenant: 'default', name: 'made' })).id;
}

async function newAccount(): Promise<string> {
  sandbox.control.setAccountStatus({ identifier: 'user_123', connection: 'slack' }, 'ACTIVE');
  return 'slack';
}

async function newApproval(): Promise<string> {
  const job = await newJob();
  await loseOutcome(gateway.engine, job.id);
  const { body } = await api.get<{ data: { id: string; job: string }[] }>(
    '/v1/approvals?limit=100',
  );
  return body.data.find((approval) => approval.job === job.id)?.id ?? '';
}

async function newDelivery(): Promise<string> {
  const webhook = { url: 'https://example.com/hook' };
  const { body: job } = await api.post('/v1/jobs', { prompt: 'a', webhook });
  await completeJob(gateway.engine, job.id, 'Done.');
  const { body } = await api.get<{ data: WebhookDeliveryResource[] }>(
    `/v1/webhook-deliveries?job=${job.id}`,
  );
  return body.data[0]?.id ?? '';
}

/** What the parameter of each path is, fresh for every request. */
const ids: Partial<Record<OperationName, () => Promise<string>>> = {
  readJob: async () => (await newJob()).id,
  eraseJob: async () => (await failedJob()).id,
  readConversation: async () => (await newJob()).conversation,
  eraseConversation: async () => (await failedJob()).conversation,
  cancelJob: async () => (await newJob()).id,
  retryJob: async () => (await failedJob()).id,
  listSteps: async () => (await failedJob()).id,
  streamJobEvents: async () => (await newJob()).id,
  listMessages: async () => (await newJob()).conversation,
  readAgent: newAgent,
  changeAgent: newAgent,
  deleteAgent: newAgent,
  readSchedule: async () => (await newSchedule()).id,
  changeSchedule: async () => (await newSchedule()).id,
  deleteSchedule: async () => (await newSchedule()).id,
  triggerSchedule: async () => (await newSchedule()).id,
  readTrigger: newTrigger,
  changeTrigger: newTrigger,
  deleteTrigger: newTrigger,
  listTriggerEvents: newTrigger,
  deleteAccount: newAccount,
  readApproval: newApproval,
  decideApproval: newApproval,
  readWebhookDelivery: newDelivery,
  replayWebhookDelivery: newDelivery,
  revokeKey: newKey,
};

/** Examples that name what no test can make by HTTP alone, and the error that they are answered with here. */
const refused: Partial<Record<OperationName, number>> = { verifyAccount: 404 };

async function pathOf(name: OperationName, { path }: Operation): Promise<string> {
  const id = await ids[name]?.();
  if (id === undefined && path.includes('{')) throw new Error(`${name} has no id here`);
  return path.replace(/\{\w+\}/, id ?? '');
}

test.each(answered)(
  'the example of %s is answered as the document says',
  async (name, operation) => {
    const answer = await send(operation, await pathOf(name, operation), operation.body?.example);
    hold(operation, answer);
    expect([name, answer.status]).toEqual([name, refused[name] ?? operation.answer.status]);
  },
);

test('server-sent events are what the document calls them, and carry what it describes', async () => {
  const failed = await failedJob();
  const tenants = await openEvents(`${gateway.url}/v1/events`, withKey);
  const later = await newJob();
  await completeJob(gateway.engine, later.id, 'Done.');
  const read = [
    ['/v1/events', tenants, await tenants.read(({ event }) => event === 'job.completed')],
    ...(await Promise.all(
      [failed, later].map(async ({ id }) => {
        const stream = await openEvents(`${gateway.url}/v1/jobs/${id}/events`, withKey);
        return ['/v1/jobs/{id}/events', stream, await stream.read()] as const;
      }),
    )),
  ] as const;
  tenants.leave();
  for (const [path, { headers }, events] of read) {
    expect(headers.get('content-type')).toContain('text/event-stream');
    expect(events.length).toBeGreaterThan(1);
    const content = [path, 'get', 'responses', '200', 'content', 'text/event-stream'];
    for (const { data } of events) {
      expect([data, problemsOf(content, data, 'x-event-data')]).toEqual([data, []]);
    }
  }
});

const anything = jsonValue({ maxDepth: 2 });

/** An example with fields that are left out, replaced by anything, or added. */
function disturbed(example: object): Arbitrary<unknown> {
  const change = record({
    dropped: subarray(Object.keys(example)),
    set: dictionary(
      oneof(constantFrom(...Object.keys(example), 'unknown'), string({ maxLength: 8 })),
      anything,
      { maxKeys: 2 },
    ),
  });
  const changed = change.map(({ dropped, set }) => ({
    ...Object.fromEntries(Object.entries(example).filter(([name]) => !dropped.includes(name))),
    ...set,
  }));
  return oneof({ weight: 4, arbitrary: changed }, { weight: 1, arbitrary: anything });
}

function queryFor({ query }: Operation): Arbitrary<string> {
  const known = Object.keys(query?.shape ?? {}).filter((name) => name !== 'wait');
  const name = oneof(constantFrom('unknown', ...known), string({ maxLength: 6 }));
  const value = oneof(constantFrom('1', '0', 'user_123'), string({ maxLength: 12 }));
  return array(tuple(name, value), { maxLength: 2 }).map((pairs) =>
    pairs.length === 0 ? '' : `?${new URLSearchParams(pairs).toString()}`,
  );
}

test.each(answered)(
  'no request to %s is answered by what the document does not say',
  async (name, operation) => {
    const known = await pathOf(name, operation);
    const path = oneof(
      { weight: 3, arbitrary: constant(known) },
      {
        weight: 1,
        arbitrary: stringMatching(/^[A-Za-z0-9_-]{1,30}$/).map((id) =>
          operation.path.replace(/\{\w+\}/, id),
        ),
      },
    );
    const body =
      operation.body === undefined
        ? option(anything, { nil: undefined, freq: 3 })
        : disturbed(operation.body.example);
    const request = record({
      path: operation.path.includes('{') ? path : constant(operation.path),
      query: queryFor(operation),
      body: operation.method === 'get' ? constant(undefined) : body,
    });
    expect.hasAssertions();
    await assertAll(
      asyncProperty(request, async ({ path: to, query, body: sent }) => {
        const answer = await send(operation, `${to}${query}`, sent);
        hold(operation, answer);
      }),
      { numRuns: 15, seed: 20_261_126 },
    );
  },
);

test('the document and the page of it are shown without a key, and the page may load nothing', async () => {
  const shown = await api.get<JsonObject>('/openapi.json');
  expect(shown.body).toEqual(JSON.parse(JSON.stringify(document)));
  const { headers, body } = await api.get<string>('/docs');
  expect(headers.get('content-security-policy')).toContain("default-src 'none'");
  expect(body).not.toMatch(/<script|<link|src=/);
  for (const [name] of all) expect(body).toContain(`id="${name}"`);
});
