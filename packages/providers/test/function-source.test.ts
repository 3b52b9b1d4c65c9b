import { expect, onTestFinished, test } from 'vitest';
import { Webhook } from 'standardwebhooks';
import type { ToolEffect } from '@pawl/contracts';
import { createFunctionSource } from '../src/sources/functions/function-source.ts';
import { json, startFunctionServer } from './harness/function-server.ts';
import { secret } from './harness/sources.ts';

async function start(answers: Parameters<typeof startFunctionServer>[0]) {
  const server = await startFunctionServer(answers);
  const functions = Object.keys(answers).map((path) => ({
    name: path.slice(1),
    description: 'Does something.',
    parameters: { type: 'object' },
    url: `http://127.0.0.1:${server.port}${path}`,
    effect: 'writes' as const,
    headers: { 'X-Tenant': '{tenant}' },
    result_seconds: 60,
  }));
  const source = createFunctionSource(
    'crm',
    { type: 'functions', secret: [secret], functions },
    { toolTimeout: 60_000, publicUrl: 'https://pawl.example' },
  );
  onTestFinished(async () => {
    await source.close();
    await server.close();
  });
  const call = (tool: string, effect: ToolEffect = 'writes') =>
    source.execute(
      {
        tenant: 'acme',
        user: 'ada',
        connection: 'crm',
        tool,
        arguments: { name: 'Ada' },
        effect,
        jobId: 'job_0_a',
        callId: 'call_0_a-1-2',
      },
      new AbortController().signal,
    );
  return { server, source, call };
}

test('a function gets job, user, tool and arguments, signed, with a key that every try has', async () => {
  const { server, call } = await start({ '/find': json({ id: 7 }) });
  expect(await call('find')).toEqual({ kind: 'succeeded', output: { id: 7 } });
  await call('find');
  const [first, second] = server.received;
  const body = new Webhook(secret).verify(
    first?.text ?? '',
    first?.headers as Record<string, string>,
  );
  expect(body).toEqual({
    id: 'call_0_a-1-2',
    job: 'job_0_a',
    tenant: 'acme',
    user: 'ada',
    tool: 'find',
    arguments: { name: 'Ada' },
    result_url: expect.stringMatching(
      /^https:\/\/pawl\.example\/v1\/tool-calls\/call_0_a-1-2\/result\?token=[\w-]{43}$/,
    ),
  });
  expect(first?.headers).toMatchObject({
    'idempotency-key': 'call_0_a-1-2',
    'webhook-id': 'call_0_a-1-2',
    'x-tenant': 'acme',
  });
  expect(second?.headers['idempotency-key']).toBe('call_0_a-1-2');
});

test.each([
  [200, null, 'succeeded'],
  [202, null, 'accepted'],
  [400, { detail: 'no such customer' }, 'failed'],
  [401, { message: 'no' }, 'failed'],
  [408, null, 'unknown'],
  [409, null, 'failed'],
  [429, null, 'not_executed'],
  [500, null, 'unknown'],
  [503, null, 'unknown'],
] as const)('an answer of %i with %j is %s', async (status, body, kind) => {
  const { call } = await start({ '/find': json(body, status) });
  const outcome = await call('find');
  const said = body === null ? '' : Object.values(body).join();
  expect(outcome.kind).toBe(kind);
  expect(JSON.stringify(outcome)).toContain(said);
});

test('an idempotent call that is being worked on there is made again', async () => {
  const { call } = await start({ '/find': json(null, 409) });
  expect(await call('find', 'idempotent')).toMatchObject({ kind: 'unknown' });
});

test('redirects are not followed', async () => {
  const { server, call } = await start({
    '/find': (_call, response) => response.writeHead(307, { location: '/other' }).end(),
    '/other': json('reached'),
  });
  expect(await call('find')).toMatchObject({ kind: 'failed' });
  expect(server.received.map(({ path }) => path)).toEqual(['/find']);
});

test.each([
  ['nothing', '', null],
  ['text', 'plain', 'plain'],
  ['text with NUL', '"a\\u0000b"', 'a\u0000b'],
  ['what is nested too deeply', '['.repeat(5_000) + ']'.repeat(5_000), expect.any(String)],
])('%s is an answer', async (_name, text, output) => {
  const { call } = await start({ '/find': (_call, response) => response.end(text) });
  expect(await call('find')).toEqual({ kind: 'succeeded', output });
});

test('a function that was taken out of the file is not there any more', async () => {
  const { call } = await start({ '/find': json(1) });
  expect(await call('gone')).toMatchObject({
    kind: 'failed',
    failure: { code: 'tool_not_found' },
  });
});

test('an address at which nobody listens was not reached', async () => {
  const { server, call } = await start({ '/find': json(1) });
  await server.close();
  expect(await call('find')).toMatchObject({
    kind: 'not_executed',
    failure: { code: 'function_unreachable' },
  });
});
