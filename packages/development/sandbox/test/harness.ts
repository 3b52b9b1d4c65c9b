import { type GrpcTransportOptions, createGrpcTransport } from '@connectrpc/connect-node';
import { type Client, createClient } from '@connectrpc/connect';
import { ScalekitClient } from '@scalekit-sdk/node';
import { ToolService } from '@scalekit-sdk/node/lib/pkg/grpc/scalekit/v1/tools/tools_pb.js';
import OpenAI from 'openai';
import { onTestFinished } from 'vitest';
import { type Sandbox, type SandboxOptions, startSandbox } from '../src/index.ts';

/** A sandbox that ends with the test. */
export async function openSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const sandbox = await startSandbox(options);
  onTestFinished(() => sandbox.close());
  return sandbox;
}

export function scalekitFor(
  sandbox: Sandbox,
  options: { timeoutMs?: number; toolTimeoutMs?: number } = {},
) {
  return new ScalekitClient(sandbox.origin, sandbox.clientId, sandbox.clientSecret, options);
}

export function openAiFor(sandbox: Sandbox, options: { apiKey?: string; timeout?: number } = {}) {
  return new OpenAI({
    baseURL: sandbox.modelBaseUrl,
    apiKey: options.apiKey ?? sandbox.modelApiKey,
    timeout: options.timeout ?? 10_000,
    maxRetries: 0,
  });
}

/** A client of the tool service that repeats nothing by itself, with a token. */
export async function toolClientFor(
  sandbox: Sandbox,
  options: Partial<GrpcTransportOptions> = {},
): Promise<Client<typeof ToolService>> {
  const response = await fetch(`${sandbox.origin}/oauth/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: sandbox.clientId,
      client_secret: sandbox.clientSecret,
    }),
  });
  const { access_token: token } = (await response.json()) as { access_token: string };
  const transport = createGrpcTransport({
    baseUrl: sandbox.origin,
    interceptors: [
      (next) => (request) => {
        request.header.set('authorization', `Bearer ${token}`);
        return next(request);
      },
    ],
    ...options,
  });
  return createClient(ToolService, transport);
}

/** All tools of a user's connections, paged to the end, as OpenAI functions. */
export async function loadTools(
  scalekit: ScalekitClient,
  identifier: string,
  connections: string[],
) {
  const tools: OpenAI.ChatCompletionFunctionTool[] = [];
  let pageToken = '';
  do {
    const page = await scalekit.tools.listScopedTools(identifier, {
      filter: { connectionNames: connections },
      pageSize: 100,
      pageToken,
    });
    for (const { tool } of page.tools) {
      const definition = tool?.definition as {
        name: string;
        description: string;
        input_schema: Record<string, unknown>;
      };
      const { name, description, input_schema: parameters } = definition;
      tools.push({ type: 'function', function: { name, description, parameters } });
    }
    pageToken = page.nextPageToken;
  } while (pageToken !== '');
  return tools;
}

/** What a promise rejects with; fails where it does not. */
export async function rejection(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => {
      throw new Error('expected a rejection');
    },
    (error: unknown) => error,
  );
}

/** All items of a stream or of pages. */
export async function collect<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const collected: Item[] = [];
  for await (const item of items) collected.push(item);
  return collected;
}
