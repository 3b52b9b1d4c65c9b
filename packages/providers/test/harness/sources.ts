import type { ToolInvocation } from '@pawl/engine';
import { startSandbox } from '@pawl/sandbox';
import { expect, onTestFinished } from 'vitest';
import { createFunctionSource } from '../../src/sources/functions/function-source.ts';
import { createMcpSource } from '../../src/sources/mcp/mcp-source.ts';
import { SourcesFile } from '../../src/sources/source-settings.ts';
import type { ToolSource } from '../../src/sources/tool-source.ts';
import { scalekitSource } from '../../src/sources/tool-sources.ts';
import { createToolClient } from '../../src/tools/create-tool-client.ts';
import { json, startFunctionServer } from './function-server.ts';
import { startTcpProxy, type TcpProxy } from './tcp-proxy.ts';

type Call = Pick<ToolInvocation, 'tool' | 'arguments'>;

/** A source with a server behind it that the test may break. */
export interface SourceUnderTest {
  readonly source: ToolSource;
  readonly connection: string;
  readonly type: string;
  /** Between the source and its server. */
  readonly proxy: TcpProxy;
  readonly succeeds: Call & { readonly answer: unknown };
  readonly fails: Call & { readonly says: string };
  /** Its answer is larger than what the source may read. */
  readonly tooLarge: Call;
  /** It has no answer before the test ends. */
  readonly slow: Call;
  /** Resolves once the server has received bytes that name this. */
  readonly arrived: (tool: string) => Promise<void>;
}

export const secret = `whsec_${Buffer.alloc(24, 7).toString('base64')}`;

/** Milliseconds and bytes. */
const bounds = { toolTimeout: 60_000, lookupTimeout: 20_000, maxAnswerBytes: 60_000 };

export const startSource = { scalekit: startScalekit, mcp: startMcp, functions: startFunctions };

async function startScalekit(): Promise<SourceUnderTest> {
  const sandbox = await startSandbox({ autoActive: true });
  const proxy = await startTcpProxy(Number(new URL(sandbox.origin).port));
  const client = createToolClient({
    environmentUrl: proxy.origin,
    clientId: sandbox.clientId,
    clientSecret: sandbox.clientSecret,
    ...bounds,
  });
  const source = scalekitSource(client);
  endWithTest(source, proxy, sandbox);
  sandbox.control.addFault({
    match: { operation: 'ExecuteTool', tool: 'gmail_search_people' },
    effect: { kind: 'hang' },
  });
  sandbox.control.addFault({
    match: { operation: 'ExecuteTool', tool: 'gmail_get_contacts' },
    effect: { kind: 'oversize_answer', bytes: 1_048_576, compressed: false },
  });
  return {
    source,
    connection: 'gmail',
    type: 'scalekit',
    proxy,
    arrived: () => expect.poll(() => sandbox.control.held()).toHaveLength(1),
    succeeds: { tool: 'gmail_get_profile', arguments: {}, answer: expect.anything() },
    fails: { tool: 'gmail_get_message_by_id', arguments: { message_id: 'none' }, says: 'none' },
    tooLarge: { tool: 'gmail_get_contacts', arguments: {} },
    slow: { tool: 'gmail_search_people', arguments: { query: 'Ada' } },
  };
}

async function startMcp(everything: number): Promise<SourceUnderTest> {
  const proxy = await startTcpProxy(everything);
  const settings = parse({ everything: { type: 'mcp', url: `${proxy.origin}/mcp` } });
  const source = createMcpSource('everything', settings as never, bounds);
  endWithTest(source, proxy);
  return {
    source,
    connection: 'everything',
    type: 'mcp',
    proxy,
    arrived: proxy.received,
    succeeds: { tool: 'echo', arguments: { message: 'hello' }, answer: 'Echo: hello' },
    fails: { tool: 'get-sum', arguments: { a: 'one', b: 2 }, says: 'number' },
    tooLarge: { tool: 'echo', arguments: { message: 'a'.repeat(100_000) } },
    slow: { tool: 'trigger-long-running-operation', arguments: { duration: 600, steps: 1 } },
  };
}

async function startFunctions(): Promise<SourceUnderTest> {
  const server = await startFunctionServer({
    '/find': json({ customer: 'Ada' }),
    '/fail': json({ detail: 'the account is frozen' }, 422),
    '/large': json('a'.repeat(100_000)),
    '/slow': () => undefined,
  });
  const proxy = await startTcpProxy(server.port);
  const functions = ['find', 'fail', 'large', 'slow'].map((name) => ({
    name,
    description: `Does ${name}.`,
    url: `${proxy.origin}/${name}`,
  }));
  const settings = parse({ crm: { type: 'functions', secret, functions } });
  const source = createFunctionSource('crm', settings as never, bounds);
  endWithTest(source, proxy, server);
  return {
    source,
    connection: 'crm',
    type: 'functions',
    proxy,
    arrived: proxy.received,
    succeeds: { tool: 'find', arguments: {}, answer: { customer: 'Ada' } },
    fails: { tool: 'fail', arguments: {}, says: 'the account is frozen' },
    tooLarge: { tool: 'large', arguments: {} },
    slow: { tool: 'slow', arguments: {} },
  };
}

/** The only source of a file, as the file's schema reads it. */
function parse(sources: Record<string, unknown>) {
  const [settings] = Object.values(SourcesFile.parse({ sources }).sources);
  if (settings === undefined) throw new Error('there is no source');
  return settings;
}

function endWithTest(
  source: ToolSource,
  proxy: TcpProxy,
  server?: { close(): Promise<unknown> },
): void {
  onTestFinished(async () => {
    await source.close();
    await proxy.stop();
    await server?.close();
  });
}
