import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RunningService } from '@pawl/testing';
import { afterAll, expect, test } from 'vitest';
import { createBuiltServices, logOf } from './harness/built-services.ts';
import { scripted } from './harness/start-test-worker.ts';
import { type CollectedSpan, startTraceCollector } from './harness/trace-collector.ts';
import { startReceiver } from './harness/webhook-receiver.ts';

const secret = `whsec_${Buffer.alloc(24, 1).toString('base64')}`;
const collector = await startTraceCollector();
const receiver = await startReceiver();
const directory = await mkdtemp(join(tmpdir(), 'pawl-tracing-'));

/** A function of the operator's own. */
const called: IncomingHttpHeaders[] = [];
const functions = createServer((request, response) => {
  called.push(request.headers);
  request.resume().once('end', () => response.end('{"ok":true}'));
});
functions.listen(0, '127.0.0.1');
await once(functions, 'listening');
const charge = {
  name: 'charge',
  description: 'Charges.',
  parameters: { type: 'object', properties: {} },
  url: `http://127.0.0.1:${(functions.address() as AddressInfo).port}/charge`,
  effect: 'idempotent',
};
await writeFile(
  join(directory, 'sources.json'),
  JSON.stringify({ sources: { billing: { type: 'functions', secret, functions: [charge] } } }),
);

const { sandbox, start, ask } = await createBuiltServices({
  SCALEKIT_CONNECTION_NAME: 'gmail,billing',
  TOOL_SOURCES: join(directory, 'sources.json'),
  WORKER_LOCK_SECONDS: '1',
  WORKER_STALLED_SECONDS: '0.5',
  WORKER_SWEEP_SECONDS: '0.2',
  SCHEDULE_MINIMUM_SECONDS: '1',
  WEBHOOK_SECRET: secret,
  WEBHOOK_ALLOWED_HOSTS: '127.0.0.1',
  WEBHOOK_RETRY_SECONDS: '0.1',
  PAWL_ENCRYPTION_KEY: Buffer.alloc(32, 1).toString('base64'),
  OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
  OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
  OTEL_EXPORTER_OTLP_HEADERS: 'x-collector-key=a%20key',
  OTEL_BSP_SCHEDULE_DELAY: '50',
});
const gateway = await start('gateway');

afterAll(async () => {
  functions.closeAllConnections();
  functions.close();
  await rm(directory, { recursive: true, force: true });
});

interface Posted {
  readonly id: string;
}

const post = (path: string, body: object, headers: Record<string, string> = {}) =>
  ask<Posted & { readonly url: string }>('POST', path, { body, headers });

const named = (spans: readonly CollectedSpan[], name: string) =>
  spans
    .filter((span) => span.name === name)
    .toSorted((one, other) => one.startedAt - other.startedAt);

const clientTrace = '0af7651916cd43dd8448eb211c80319c';
const clientSpan = 'b7ad6b7169203331';
const taken = () => collector.spans.find(({ name }) => name === 'POST /hooks/:token');
const traceparent = `00-${clientTrace}-${clientSpan}-01`;
const ofJob = (id: string) =>
  collector.spans.filter(({ attributes }) => attributes['pawl.job.id'] === id);

/** The worker that the first one is replaced by. */
let second: RunningService | undefined;

test('a job is one trace, from the request to the webhook, over attempts that failed and a worker that was killed', async () => {
  const model = 'openai/gpt-4o-mini';
  const prompt = scripted([
    [{ tool: 'gmail_fetch_mails' }, { tool: 'charge' }],
    { text: 'It is done, and it is a secret.' },
  ]);
  // The first model call fails, and is repeated. The one after the tools never ends: its worker is killed.
  sandbox.control.addFault({
    match: { operation: 'model' },
    effect: { kind: 'http_status', status: 503 },
  });
  const first = await start('worker');
  receiver.answerWith((_request, response) => {
    response.writeHead(receiver.received.length === 1 ? 500 : 204).end();
  });
  const release = sandbox.control.on('model.before_answer', ({ turn }) =>
    turn === 1 ? new Promise<void>(() => undefined) : undefined,
  );
  const { id } = await post(
    '/v1/jobs',
    { prompt, webhook: { url: receiver.url, events: ['job.completed'] } },
    { traceparent, tracestate: 'vendor=secret', baggage: 'user=ada-lovelace' },
  );
  await expect
    .poll(() => sandbox.control.modelRequests().items.filter(({ turn }) => turn === 1).length)
    .toBe(1);
  await expect
    .poll(() => ofJob(id).filter(({ name }) => name.startsWith('execute_tool')).length)
    .toBe(2);
  first.kill('SIGKILL');
  await first.exited;
  release();
  const successor = await start('worker');
  second = successor;
  await expect.poll(() => named(ofJob(id), 'deliver_webhook').length).toBe(2);
  await expect.poll(() => named(ofJob(id), 'invoke_agent').length).toBe(1);
  const spans = ofJob(id);

  // One trace, the client's, and each span below the one that it belongs to.
  expect(new Set(spans.map(({ traceId }) => traceId))).toEqual(new Set([clientTrace]));
  const [request] = named(spans, 'POST /v1/jobs');
  const [job] = named(spans, 'invoke_agent');
  expect(request).toMatchObject({ service: 'pawl-gateway', parent: clientSpan, kind: 2 });
  expect(request?.attributes).toMatchObject({
    'http.route': '/v1/jobs',
    'http.response.status_code': 202,
  });
  expect(job?.parent).toBe(request?.spanId);
  const below = spans.filter(({ parent }) => parent === job?.spanId);
  expect(below.map(({ name }) => name).toSorted()).toEqual([
    `chat ${model}`,
    `chat ${model}`,
    `chat ${model}`,
    'deliver_webhook',
    'deliver_webhook',
    'execute_tool charge',
    'execute_tool gmail_fetch_mails',
  ]);
  expect(spans).toHaveLength(below.length + 2);

  // What each of them tells.
  expect(job?.attributes).toMatchObject({
    'gen_ai.operation.name': 'invoke_agent',
    'pawl.job.status': 'completed',
    'pawl.job.model_calls': 2,
    'pawl.job.tool_calls': 2,
    'pawl.tenant': 'default',
  });
  expect(job?.attributes['gen_ai.usage.input_tokens']).toBeGreaterThan(0);
  const chats = named(spans, `chat ${model}`);
  expect(chats.map(({ attributes, isError }) => ({ ...attributes, isError }))).toMatchObject([
    { 'pawl.turn': 0, 'pawl.attempt': 1, 'pawl.attempts_lost': 0, isError: true },
    { 'pawl.turn': 0, 'pawl.attempt': 2, 'pawl.attempts_lost': 0, isError: false },
    { 'pawl.turn': 1, 'pawl.attempt': 2, 'pawl.attempts_lost': 1, isError: false },
  ]);
  expect(chats[0]?.attributes['error.type']).toBe('model_unavailable');
  expect(chats[2]).toMatchObject({ service: 'pawl-worker', kind: 3 });
  expect(chats[2]?.attributes).toMatchObject({
    'gen_ai.operation.name': 'chat',
    'gen_ai.provider.name': 'openai',
    'gen_ai.request.model': model,
    'gen_ai.response.model': `sandbox/${model}`,
    'gen_ai.response.finish_reasons': ['stop'],
    'gen_ai.conversation.id': job?.attributes['gen_ai.conversation.id'],
  });
  const [charge] = named(spans, 'execute_tool charge');
  expect(charge?.attributes).toMatchObject({
    'gen_ai.operation.name': 'execute_tool',
    'gen_ai.tool.name': 'charge',
    'gen_ai.tool.call.id': expect.stringMatching(/^call_/),
    'pawl.connection': 'billing',
    'pawl.outcome': 'succeeded',
  });
  const [refused, taken] = named(spans, 'deliver_webhook');
  expect(refused).toMatchObject({ isError: true });
  expect(refused?.attributes).toMatchObject({
    'pawl.webhook.type': 'job.completed',
    'pawl.attempt': 1,
    'http.response.status_code': 500,
  });
  expect(taken?.attributes).toMatchObject({ 'pawl.attempt': 2, 'http.response.status_code': 204 });

  // Whom it asks is told the span; nobody is told what is in it.
  const sent = sandbox.control
    .modelRequests()
    .items.filter(({ body }) => JSON.stringify(body).includes('gmail_fetch_mails'));
  expect(sent.at(-1)?.headers['traceparent']).toBe(`00-${clientTrace}-${chats[2]?.spanId}-01`);
  expect(called[0]?.['traceparent']).toBe(`00-${clientTrace}-${charge?.spanId}-01`);
  expect(receiver.received.map(({ headers }) => headers['traceparent'])).toEqual(
    [refused, taken].map((span) => `00-${clientTrace}-${span?.spanId}-01`),
  );
  const told = JSON.stringify(collector.spans);
  const secrets = ['it is a secret', 'Do this', 'vendor', 'ada-lovelace', 'user_123'];
  expect(secrets.filter((text) => told.includes(text))).toEqual([]);
  expect(collector.requests.at(0)).toMatchObject({
    path: '/v1/traces',
    headers: { 'x-collector-key': 'a key' },
  });

  // Lines of log name them.
  expect(logOf(gateway)).toContainEqual(
    expect.objectContaining({
      msg: 'request',
      job: id,
      trace_id: clientTrace,
      span_id: request?.spanId,
    }),
  );
  expect(logOf(successor)).toContainEqual(
    expect.objectContaining({
      msg: 'turn taken',
      job: id,
      trace_id: clientTrace,
      span_id: job?.spanId,
    }),
  );
  expect(logOf(successor).find(({ msg }) => msg === 'worker is ready')).not.toHaveProperty(
    'trace_id',
  );
});

test('what nobody asked for is a trace of its own: that of a schedule is linked to its making, that of a trigger to its sender', async () => {
  const prompt = scripted([{ text: 'Done.' }]);
  const schedule = await post(
    '/v1/schedules',
    { every_seconds: 1, job: { prompt } },
    { traceparent: `00-${'1'.repeat(32)}-${clientSpan}-01` },
  );
  const fired = () =>
    collector.spans.find(
      ({ name, attributes }) =>
        name === 'fire_schedule' && attributes['pawl.schedule.id'] === schedule.id,
    );
  await expect.poll(fired).toBeDefined();
  await ask('DELETE', `/v1/schedules/${schedule.id}`);
  expect(fired()).toMatchObject({ parent: '', links: [{ traceId: '1'.repeat(32) }] });
  const below = () =>
    collector.spans.filter(({ traceId, parent }) => {
      const span = fired();
      return traceId === span?.traceId && parent === span.spanId;
    });
  await expect.poll(() => below().map(({ name }) => name)).toEqual(['invoke_agent']);

  const trigger = await post('/v1/triggers', {
    verify: { type: 'bearer', secret: 'the-secret-of-the-sender' },
    job: {},
    template: prompt,
  });
  await ask('POST', new URL(trigger.url).pathname, {
    headers: {
      Authorization: 'Bearer the-secret-of-the-sender',
      traceparent: `00-${'2'.repeat(32)}-${clientSpan}-01`,
    },
    body: {},
  });
  await expect.poll(taken).toBeDefined();
  expect(taken()).toMatchObject({ parent: '', links: [{ traceId: '2'.repeat(32) }] });
  const ofTrigger = () =>
    collector.spans.filter(
      ({ traceId, name }) => traceId === taken()?.traceId && name === 'invoke_agent',
    );
  await expect.poll(() => ofTrigger().length).toBe(1);
});

test('contents are told where they are switched on, and a trace that its client does not keep is not told', async () => {
  await second?.stop();
  await start('worker', { LOG_CONTENT: 'true' });
  const prompt = scripted([[{ tool: 'gmail_fetch_mails' }], { text: 'The words of the reply.' }]);
  const dropped = await post(
    '/v1/jobs',
    { prompt },
    { traceparent: `00-${'3'.repeat(32)}-${clientSpan}-00` },
  );
  const { id } = await post('/v1/jobs', { prompt });
  await expect.poll(() => named(ofJob(id), 'invoke_agent').length).toBe(1);
  const attributes = Object.assign({}, ...ofJob(id).map((span) => span.attributes)) as Record<
    string,
    string
  >;
  expect(attributes['gen_ai.input.messages']).toContain('Do this.');
  expect(JSON.parse(attributes['gen_ai.output.messages'] ?? '')).toMatchObject([
    { role: 'assistant', parts: [{ type: 'text', content: 'The words of the reply.' }] },
  ]);
  expect(attributes['gen_ai.tool.call.arguments']).toBe('{}');
  expect(attributes['gen_ai.tool.call.result']).toContain('subject');
  await expect
    .poll(async () => (await ask<{ status: string }>('GET', `/v1/jobs/${dropped.id}`)).status)
    .toBe('completed');
  expect(ofJob(dropped.id)).toEqual([]);
  expect(collector.spans.filter(({ traceId }) => traceId === '3'.repeat(32))).toEqual([]);
});
