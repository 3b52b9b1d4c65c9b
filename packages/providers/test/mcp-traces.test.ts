import { expect, onTestFinished, test } from 'vitest';
import { createMcpSource } from '../src/sources/mcp/mcp-source.ts';
import { startScriptedMcpServer } from './harness/scripted-mcp-server.ts';

const account = { tenant: 'default', user: 'ada', connection: 'docs' };
const traceparent = `00-${'1'.repeat(32)}-${'2'.repeat(16)}-01`;

/** What an MCP server is told of the trace when its tools are listed, and when one is called. */
async function toldTo(
  headers: Readonly<Record<string, string>>,
  traceHeaders?: () => Readonly<Record<string, string>>,
) {
  const server = await startScriptedMcpServer(({ method }) => {
    if (method === 'tools/list') {
      return { tools: [{ name: 'find', inputSchema: { type: 'object' } }] };
    }
    return method === 'tools/call' ? { content: [{ type: 'text', text: 'Found.' }] } : undefined;
  });
  const source = createMcpSource(
    'docs',
    { type: 'mcp', url: server.url, headers, trust_annotations: false, effects: {} },
    { toolTimeout: 60_000, traceHeaders },
  );
  onTestFinished(() => source.close());
  await source.listTools(account);
  const outcome = await source.execute(
    {
      ...account,
      tool: 'find',
      arguments: {},
      effect: 'writes',
      jobId: 'job_0_a',
      callId: 'call_0_a-0-0',
    },
    new AbortController().signal,
  );
  expect(outcome.kind).toBe('succeeded');
  return server.requests.flatMap((request) =>
    request.method.startsWith('tools/')
      ? [[request.method, request.headers['traceparent'], request.headers['tracestate']]]
      : [],
  );
}

test('a call of a tool names the span that it is a part of, and nothing else of the trace', async () => {
  expect(await toldTo({}, () => ({ traceparent }))).toEqual([
    ['tools/list', traceparent, undefined],
    ['tools/call', traceparent, undefined],
  ]);
});

test('where nothing is traced, nothing is sent', async () => {
  const nothing = [
    ['tools/list', undefined, undefined],
    ['tools/call', undefined, undefined],
  ];
  expect(await toldTo({})).toEqual(nothing);
  // Tracing is on, and no span is under way.
  expect(await toldTo({}, () => ({}))).toEqual(nothing);
});

test('a header that the operator has set stays', async () => {
  const seen = await toldTo({ traceparent: 'mine' }, () => ({ traceparent }));
  expect(seen.map(([, sent]) => sent)).toEqual(['mine', 'mine']);
});
