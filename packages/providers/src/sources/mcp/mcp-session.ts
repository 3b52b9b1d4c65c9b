import { AsyncLocalStorage } from 'node:async_hooks';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { z } from 'zod';
import { untilAborted } from '../../deadline.ts';
import { AnswerTooLarge } from '../../http/send-http.ts';
import type { TraceHeaders } from '../../http/trace-headers.ts';
import { retryAfter } from '../../model/error-body.ts';

/** A server's answer that is an error of HTTP. */
export class McpStatusError extends Error {
  override readonly name = 'McpStatusError';
  readonly status: number;
  /** Milliseconds. */
  readonly retryAfter: number | undefined;

  constructor(status: number, text: string, wait: number | undefined) {
    super(text.trim() === '' ? `HTTP ${status}` : `HTTP ${status}: ${text.trim()}`);
    this.status = status;
    this.retryAfter = wait;
  }
}

/** An exchange ended without an answer to what was asked. */
class McpAnswerLost extends Error {
  override readonly name = 'McpAnswerLost';
}

/** One page of `tools/list`. What a tool says of itself is read one by one: a single odd one must not hide the others. */
const ToolsPage = z.looseObject({ tools: z.array(z.unknown()), nextCursor: z.string().nullish() });

const CallResult = z.looseObject({
  content: z.array(z.unknown()).optional(),
  structuredContent: z.unknown().optional(),
  isError: z.boolean().optional(),
});

export interface McpSession {
  listTools(
    cursor: string | undefined,
    signal: AbortSignal,
  ): Promise<{ readonly tools: readonly unknown[]; readonly nextCursor: string }>;
  callTool(
    call: {
      readonly name: string;
      readonly arguments: Record<string, unknown>;
      readonly callId: string;
    },
    signal: AbortSignal,
  ): Promise<z.output<typeof CallResult>>;
  /** Tells the server that the session is over, should it listen. */
  close(): Promise<void>;
}

export interface McpTarget {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly maxAnswerBytes: number;
  readonly traceHeaders?: TraceHeaders | undefined;
}

/** Beyond any deadline of ours: the SDK's own clock would answer first otherwise. */
const noTimeout = 3_600_000;

/**
 * A session with an MCP server over Streamable HTTP.
 *
 * @throws McpStatusError, McpAnswerLost, AnswerTooLarge, McpError of the SDK, Node's errors, or the signal's reason.
 */
export async function openMcpSession(target: McpTarget, signal: AbortSignal): Promise<McpSession> {
  const exchanges = createExchanges(target);
  const transport = new StreamableHTTPClientTransport(target.url, {
    requestInit: { headers: { ...target.headers } },
    fetch: exchanges.fetch,
    // A stream that broke off is not resumed: what it would have said is asked anew, or looked up.
    reconnectionOptions: {
      maxRetries: 0,
      initialReconnectionDelay: 1_000,
      maxReconnectionDelay: 1_000,
      reconnectionDelayGrowFactor: 1,
    },
  });
  const client = new Client({ name: 'pawl', version: '1' }, { capabilities: {} });
  const options = { timeout: noTimeout, maxTotalTimeout: noTimeout };
  try {
    // The SDK declares its own optional members without `undefined`.
    const connecting = exchanges.run(() => client.connect(transport as never, options));
    await untilAborted(connecting, signal);
  } catch (error) {
    await client.close().catch(() => undefined);
    throw error;
  }
  return {
    async listTools(cursor, stopped) {
      const params = cursor === undefined ? {} : { cursor };
      const page = await exchanges.run(() =>
        client.request({ method: 'tools/list', params }, ToolsPage, {
          ...options,
          signal: stopped,
        }),
      );
      return { tools: page.tools, nextCursor: page.nextCursor ?? '' };
    },
    callTool: ({ name, arguments: input, callId }, stopped) =>
      exchanges.run(() =>
        client.request(
          {
            method: 'tools/call',
            params: { name, arguments: input, _meta: { 'pawl/call-id': callId } },
          },
          CallResult,
          { ...options, signal: stopped },
        ),
      ),
    async close() {
      await untilAborted(transport.terminateSession(), AbortSignal.timeout(1_000)).catch(
        () => undefined,
      );
      await client.close().catch(() => undefined);
    },
  };
}

interface Exchange {
  readonly fail: (error: Error) => void;
}

/** The beginning of an error's body, in bytes. */
const errorBytes = 65_536;

/** What the SDK still has to read of a stream when it has ended, in milliseconds. */
const grace = 1_000;

/**
 * The SDK tells nobody that the stream of an answer broke off or was cut: the request would wait for its time-out. Here
 * the request that an exchange was made for fails with it.
 */
function createExchanges({ maxAnswerBytes, traceHeaders }: McpTarget) {
  const current = new AsyncLocalStorage<Exchange>();
  return {
    run<Value>(work: () => Promise<Value>): Promise<Value> {
      return new Promise((resolve, reject) => {
        current.run({ fail: reject }, () => {
          work().then(resolve, reject);
        });
      });
    },
    fetch: async (url: string | URL, init: RequestInit = {}): Promise<Response> => {
      // Pawl listens to nothing that a server says unasked.
      if (init.method === 'GET') return new Response(null, { status: 405 });
      const sent = traceHeaders === undefined ? init : withHeaders(init, traceHeaders());
      const response = await fetch(url, { ...sent, redirect: 'manual' });
      const { status, headers, body } = response;
      if (status >= 300) {
        const text = await readBeginning(response);
        throw new McpStatusError(status, text, retryAfter(headers, Date.now()));
      }
      const exchange = current.getStore();
      if (body === null || exchange === undefined) return response;
      const { fail } = exchange;
      return new Response(bounded(body, maxAnswerBytes, fail), { status, headers });
    },
  };
}

/** What the operator has configured stays as it is. */
function withHeaders(init: RequestInit, further: Readonly<Record<string, string>>): RequestInit {
  const headers = new Headers(init.headers);
  for (const [name, value] of Object.entries(further)) {
    if (!headers.has(name)) headers.set(name, value);
  }
  return { ...init, headers };
}

function bounded(
  body: ReadableStream<Uint8Array>,
  maxBytes: number,
  fail: (error: Error) => void,
): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  let length = 0;
  let isCancelled = false;
  return new ReadableStream({
    async pull(controller) {
      try {
        const { done, value } = await reader.read();
        if (isCancelled) return;
        if (done) {
          controller.close();
          // An answer that was there has been taken by then.
          const lost = new McpAnswerLost('the exchange ended without an answer');
          setTimeout(() => fail(lost), grace).unref();
          return;
        }
        length += value.length;
        if (length > maxBytes) throw new AnswerTooLarge(maxBytes);
        controller.enqueue(value);
      } catch (error) {
        fail(error instanceof Error ? error : new McpAnswerLost(String(error)));
        controller.error(error);
        await reader.cancel(error).catch(() => undefined);
      }
    },
    cancel(reason) {
      isCancelled = true;
      return reader.cancel(reason);
    },
  });
}

async function readBeginning(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const chunk of response.body ?? []) {
      chunks.push(chunk);
      length += chunk.length;
      if (length > errorBytes) break;
    }
  } catch {
    // The status has said enough.
  }
  return Buffer.concat(chunks).toString('utf8', 0, errorBytes);
}
