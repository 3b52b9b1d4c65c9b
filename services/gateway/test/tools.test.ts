import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import type { ConnectionList, Problem, ToolList } from '@pawl/contracts';
import { startSandbox } from '@pawl/sandbox';
import { testRedis } from '@pawl/testing';
import { afterAll, expect, test } from 'vitest';
import { apiClient } from './harness/api-client.ts';
import { startTestGateway } from './harness/start-test-gateway.ts';

const sandbox = await startSandbox({ autoActive: true });
/** An MCP server that lets nobody in. */
const closedServer = createServer((_request, response) => {
  response.writeHead(401).end();
});
closedServer.listen(0, '127.0.0.1');
await once(closedServer, 'listening');
const closed = `http://127.0.0.1:${(closedServer.address() as AddressInfo).port}/mcp`;
afterAll(async () => {
  closedServer.close();
  await sandbox.close();
});

const mcp = {
  type: 'mcp',
  url: closed,
  headers: {},
  trust_annotations: false,
  effects: {},
} as const;
const gateway = await startTestGateway(testRedis(), {
  scalekit: sandbox,
  sources: {
    crm: {
      type: 'functions',
      description: 'Our customers',
      secret: [`whsec_${Buffer.alloc(24, 1).toString('base64')}`],
      functions: ['find_customer', 'gmail_fetch_mails'].map((name) => ({
        name,
        description: 'Finds one.',
        parameters: { type: 'object', properties: {} },
        url: 'http://127.0.0.1:9/',
        effect: 'reads' as const,
        headers: {},
        result_seconds: 60,
      })),
    },
    closed: { ...mcp, connect_url: 'https://app.example/connect?user={user}' },
    misconfigured: mcp,
  },
});
const api = apiClient(gateway.url);

test('every connection of every source is listed', async () => {
  const { body } = await api.get<ConnectionList>('/v1/connections');
  expect(body.data).toContainEqual({
    object: 'connection',
    name: 'crm',
    type: 'functions',
    description: 'Our customers',
  });
  expect(body.data).toContainEqual({
    object: 'connection',
    name: 'gmail',
    type: 'scalekit',
    description: null,
  });
});

test('the tools of several sources are listed under the names that a model sees', async () => {
  const { body } = await api.get<ToolList>('/v1/tools?connections=gmail,crm&limit=1000');
  const own = body.data.filter(({ connection }) => connection === 'crm');
  expect(own.map(({ name, tool, effect }) => [name, tool, effect])).toEqual([
    ['find_customer', 'find_customer', 'reads'],
    // Gmail has a tool of that name.
    ['gmail_fetch_mails__crm', 'gmail_fetch_mails', 'reads'],
  ]);
  expect(body.data.length).toBeGreaterThan(20);
  expect(body.connections).toEqual([
    { name: 'gmail', status: 'active', error: null },
    { name: 'crm', status: 'active', error: null },
  ]);
});

test('tools are read in pages', async () => {
  const first = await api.get<ToolList>('/v1/tools?connections=crm&limit=1');
  expect(first.body.data.map(({ name }) => name)).toEqual(['find_customer']);
  const second = await api.get<ToolList>(
    `/v1/tools?connections=crm&cursor=${first.body.next_cursor}`,
  );
  expect(second.body.data.map(({ name }) => name)).toEqual(['gmail_fetch_mails']);
  expect(second.body.next_cursor).toBeNull();
  expect((await api.get<Problem>('/v1/tools?connections=crm&cursor=none')).status).toBe(400);
});

test('a connection that cannot be listed says why, and hides no other one', async () => {
  const { body } = await api.get<ToolList>('/v1/tools?connections=closed,misconfigured,crm');
  expect(body.connections).toEqual([
    { name: 'closed', status: 'requires_authorization', error: null },
    {
      name: 'misconfigured',
      status: 'unavailable',
      error: { code: 'mcp_unauthorized', message: expect.stringContaining('TOOL_SOURCES') },
    },
    { name: 'crm', status: 'active', error: null },
  ]);
  expect(body.data).toHaveLength(2);
});

test('a connection that nobody has is refused by name', async () => {
  const { status, body } = await api.get<Problem>('/v1/tools?connections=gmial');
  expect(status).toBe(400);
  expect(body).toMatchObject({ code: 'unknown_connection', errors: [{ path: 'connections[0]' }] });
});

test('a job may name connections of any source', async () => {
  const { status } = await api.post('/v1/jobs', {
    prompt: 'Find Ada.',
    connections: ['crm', 'gmail'],
  });
  expect(status).toBe(202);
});
