import { afterAll, describe, expect, onTestFinished, test } from 'vitest';
import { createMcpSource } from '../src/sources/mcp/mcp-source.ts';
import type { McpSourceSettings } from '../src/sources/source-settings.ts';
import { startEverythingServer } from './harness/everything-server.ts';
import { startScriptedMcpServer } from './harness/scripted-mcp-server.ts';

const everything = await startEverythingServer();
afterAll(everything.close);

const account = { tenant: 'default', user: 'ada', connection: 'docs' };

function connect(settings: Partial<McpSourceSettings> & { url: string }) {
  const source = createMcpSource(
    'docs',
    { type: 'mcp', headers: {}, trust_annotations: false, effects: {}, ...settings },
    { toolTimeout: 60_000, maxAnswerBytes: 1_000_000 },
  );
  onTestFinished(() => source.close());
  const call = (tool: string, input: Record<string, never> | object = {}, as = account) =>
    source.execute(
      {
        ...as,
        tool,
        arguments: input as Record<string, never>,
        effect: 'writes',
        jobId: 'job_0_a',
        callId: 'call_0_a-0-0',
      },
      new AbortController().signal,
    );
  return { source, call };
}

const reference = () => connect({ url: `http://127.0.0.1:${everything.port}/mcp` });

describe('results of the reference server', () => {
  test.each([
    ['get-sum', { a: 1, b: 2 }, 'The sum of 1 and 2 is 3.'],
    [
      'get-structured-content',
      { location: 'New York' },
      {
        temperature: expect.any(Number),
        conditions: expect.any(String),
        humidity: expect.any(Number),
      },
    ],
    [
      'get-tiny-image',
      {},
      expect.arrayContaining([
        {
          type: 'image',
          mime_type: 'image/png',
          bytes: expect.any(Number),
          notice: 'This is binary and not shown.',
        },
      ]),
    ],
    [
      'get-resource-links',
      { count: 2 },
      expect.arrayContaining([
        expect.objectContaining({ type: 'resource_link', uri: expect.any(String) }),
      ]),
    ],
    [
      'get-resource-reference',
      { resourceType: 'Text', resourceId: 1 },
      expect.arrayContaining([
        expect.objectContaining({ type: 'resource', text: expect.any(String) }),
      ]),
    ],
    [
      'get-resource-reference',
      { resourceType: 'Blob', resourceId: 2 },
      expect.arrayContaining([
        expect.objectContaining({ type: 'resource', bytes: expect.any(Number) }),
      ]),
    ],
  ])('%s %j', async (tool, input, output) => {
    expect(await reference().call(tool, input)).toEqual({ kind: 'succeeded', output });
  });

  test('a tool that the server does not have has failed', async () => {
    expect(await reference().call('fly')).toMatchObject({ kind: 'failed' });
  });
});

const effectOf = async (settings: Partial<McpSourceSettings>) => {
  const url = `http://127.0.0.1:${everything.port}/mcp`;
  const listed = await connect({ url, ...settings }).source.listTools(account);
  const tools = listed.kind === 'found' ? listed.value : [];
  return tools.find(({ name }) => name === 'echo')?.declaredEffect;
};

describe('the effect of a tool', () => {
  test('is to write, whatever the server says, as long as nobody trusts it', async () => {
    expect(await effectOf({})).toBe('writes');
  });

  test('is what a trusted server says', async () => {
    expect(await effectOf({ trust_annotations: true })).toBe('reads');
  });

  test('is what the operator says', async () => {
    expect(await effectOf({ effects: { echo: 'idempotent' } })).toBe('idempotent');
  });
});

const tool = (name: string) => ({ name, inputSchema: { type: 'object' } });

describe('a server that asks who somebody is', () => {
  test('gets the operator’s token, and the user in address and headers', async () => {
    const server = await startScriptedMcpServer(({ method }) =>
      method === 'tools/list' ? { tools: [tool('find')] } : undefined,
    );
    const { source } = connect({
      url: `${server.url}/{user}`,
      bearer: 'token',
      headers: { 'X-User': '{tenant}/{user}' },
    });
    await source.listTools(account);
    await source.listTools({ ...account, user: 'bob' });
    const seen = server.requests
      .filter(({ method }) => method === 'tools/list')
      .map(({ url, headers }) => [url, headers['authorization'], headers['x-user']]);
    expect(seen).toEqual([
      ['/mcp/ada', 'Bearer token', 'default/ada'],
      ['/mcp/bob', 'Bearer token', 'default/bob'],
    ]);
  });

  test('has an account to connect where there is a page for it, and takes it once it is authorized', async () => {
    let isAuthorized = false;
    const server = await startScriptedMcpServer(({ method }, response) => {
      if (!isAuthorized) response.writeHead(401).end();
      return method === 'tools/list' ? { tools: [tool('find')] } : undefined;
    });
    const { source, call } = connect({
      url: server.url,
      connect_url: 'https://app.example/connect?user={user}&back={return_url}',
    });
    expect(await source.isAccountActive(account, { fresh: false })).toEqual({
      kind: 'found',
      value: false,
    });
    expect(await call('find')).toMatchObject({ kind: 'account_inactive' });
    const link = await source.authorizationLink(account, {
      state: 'state',
      verifyUrl: 'https://pawl.example/callback',
    });
    const url = new URL(link.kind === 'found' ? link.value.url : '');
    expect(url.origin + url.pathname).toBe('https://app.example/connect');
    expect(url.searchParams.get('user')).toBe('ada');
    expect(url.searchParams.get('back')).toBe(
      'https://pawl.example/callback?state=state&auth_request_id=connected',
    );
    expect(await source.verify(account, 'connected')).toMatchObject({ kind: 'refused' });
    isAuthorized = true;
    expect(await source.verify(account, 'connected')).toEqual({ kind: 'verified' });
    expect(await source.isAccountActive(account, { fresh: false })).toEqual({
      kind: 'found',
      value: true,
    });
  });

  test('is a mistake of the operator where there is no such page', async () => {
    const server = await startScriptedMcpServer((_request, response) => {
      response.writeHead(401).end();
      return undefined;
    });
    const { source, call } = connect({ url: server.url, bearer: 'secret-token' });
    const active = await source.isAccountActive(account, { fresh: true });
    expect(active).toMatchObject({ kind: 'fatal', failure: { code: 'mcp_unauthorized' } });
    expect(JSON.stringify(active)).not.toContain('secret-token');
    expect(await call('find')).toMatchObject({ kind: 'fatal' });
  });
});

describe('a server that forgets its sessions', () => {
  test('did nothing of the call, which the next try makes in another session', async () => {
    let isForgotten = false;
    const server = await startScriptedMcpServer(({ method }, response) => {
      if (method === 'tools/list') return { tools: [tool('find')] };
      if (method !== 'tools/call') return undefined;
      if (isForgotten) {
        isForgotten = false;
        response.writeHead(404).end();
        return undefined;
      }
      return { content: [{ type: 'text', text: 'found' }] };
    });
    const { source, call } = connect({ url: server.url });
    await source.listTools(account);
    isForgotten = true;
    expect(await call('find')).toMatchObject({ kind: 'not_executed' });
    expect(await call('find')).toEqual({ kind: 'succeeded', output: 'found' });
  });

  test.each([
    [429, 'not_executed'],
    [403, 'failed'],
    [500, 'unknown'],
    [503, 'unknown'],
  ] as const)('a call that is answered %i is %s', async (status, kind) => {
    const server = await startScriptedMcpServer(({ method }, response) => {
      if (method === 'tools/call') response.writeHead(status, { 'retry-after': '7' }).end();
      return undefined;
    });
    const outcome = await connect({ url: server.url }).call('find');
    expect(outcome).toMatchObject({ kind, ...(status === 429 ? { retryAfter: 7_000 } : {}) });
  });
});

describe('a server that lies', () => {
  test('has pages without end: the list is given up', async () => {
    const server = await startScriptedMcpServer(({ method }) =>
      method === 'tools/list' ? { tools: [tool('same')], nextCursor: 'again' } : undefined,
    );
    expect(await connect({ url: server.url }).source.listTools(account)).toMatchObject({
      kind: 'transient',
      failure: { code: 'mcp_invalid_response' },
    });
    expect(server.requests.length).toBeLessThan(10);
  });

  test('has a million tools: the list is given up', async () => {
    let page = 0;
    const server = await startScriptedMcpServer(({ method }) => {
      if (method !== 'tools/list') return undefined;
      page += 1;
      const tools = Array.from({ length: 1_000 }, (_each, index) => tool(`tool_${page}_${index}`));
      return { tools, nextCursor: String(page) };
    });
    expect(await connect({ url: server.url }).source.listTools(account)).toMatchObject({
      kind: 'fatal',
      failure: { code: 'mcp_answer_too_large' },
    });
    expect(page).toBeLessThan(10);
  });

  test.each(['application/json', 'text/event-stream'])(
    'answers with a gigabyte (%s): it is hung up on',
    async (type) => {
      let sent = 0;
      const server = await startScriptedMcpServer(({ method }, response) => {
        if (method !== 'tools/call') return undefined;
        response.writeHead(200, { 'content-type': type });
        const letters = `data: ${'a'.repeat(65_536)}\n`;
        const go = () => {
          while (!response.destroyed && sent < 1_073_741_824) {
            sent += letters.length;
            if (!response.write(letters)) {
              response.once('drain', go);
              return;
            }
          }
        };
        go();
        return undefined;
      });
      expect(await connect({ url: server.url }).call('find')).toMatchObject({
        kind: 'succeeded',
        output: { truncated: true },
      });
      expect(sent).toBeLessThan(100_000_000);
    },
  );

  test('has odd tools: they hide no other one', async () => {
    const server = await startScriptedMcpServer(({ method }) =>
      method === 'tools/list'
        ? {
            tools: [
              null,
              { name: '' },
              { name: 'no_schema' },
              { name: 'null_required', inputSchema: { type: 'object', required: null } },
              tool('same'),
              tool('same'),
            ],
          }
        : undefined,
    );
    const listed = await connect({ url: server.url }).source.listTools(account);
    expect(listed.kind === 'found' && listed.value.map(({ name }) => name)).toEqual([
      'no_schema',
      'null_required',
      'same',
    ]);
  });

  test('ends the exchange without an answer: nobody knows what came of the call', async () => {
    const server = await startScriptedMcpServer(({ method }, response) => {
      if (method !== 'tools/call') return undefined;
      response.writeHead(200, { 'content-type': 'text/event-stream' }).end(': nothing\n\n');
      return undefined;
    });
    expect(await connect({ url: server.url }).call('find')).toMatchObject({
      kind: 'unknown',
      failure: { code: 'tool_answer_lost' },
    });
  });
});
