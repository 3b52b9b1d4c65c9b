import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

interface JsonRpc {
  readonly id?: number;
  readonly method: string;
  readonly params?: Readonly<Record<string, unknown>>;
}

interface McpRequest extends JsonRpc {
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
}

/** Answers a request; what is answered as an object is sent as the result. */
export type McpScript = (
  request: McpRequest,
  response: ServerResponse,
) => Readonly<Record<string, unknown>> | undefined;

/** An MCP server that lies as the test tells it to. It records what it was asked. */
export async function startScriptedMcpServer(script: McpScript) {
  const requests: McpRequest[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const text = Buffer.concat(chunks).toString('utf8');
      const message = (text === '' ? { method: request.method } : JSON.parse(text)) as JsonRpc;
      const asked = { ...message, url: request.url ?? '', headers: request.headers };
      requests.push(asked);
      const result = script(asked, response) ?? known(message);
      if (response.writableEnded || response.headersSent) return;
      if (result === undefined) response.writeHead(202).end();
      else {
        response
          .writeHead(200, { 'content-type': 'application/json', 'mcp-session-id': 'one' })
          .end(JSON.stringify({ jsonrpc: '2.0', id: message.id, result }));
      }
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/mcp`, requests };
}

function known({ method }: JsonRpc): Readonly<Record<string, unknown>> | undefined {
  if (method !== 'initialize') return undefined;
  return {
    protocolVersion: '2025-06-18',
    capabilities: { tools: {} },
    serverInfo: { name: 'scripted', version: '1' },
  };
}
