import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Metrics } from './metrics/create-metrics.ts';

export interface OperationsSettings {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
}

interface OperationsParts {
  readonly metrics: Metrics;
  /** What keeps this process from its work, as sentences; empty when nothing does. */
  readonly problems: () => readonly string[];
  /** What is not as it should be, while the process works all the same. */
  readonly warnings?: () => readonly string[];
}

export interface OperationsServer {
  readonly port: number;
  stop(): Promise<void>;
}

/** More than a monitoring system opens. */
const mostConnections = 50;

/**
 * The port for whoever operates the process, and nobody else: `/metrics`, `/healthz` (its event loop turns) and `/readyz`
 * (it works). It asks for no key, so it must not be reachable from outside.
 *
 * @throws Error that names METRICS_PORT if it is taken
 */
export async function serveOperations(
  { host, port }: OperationsSettings,
  parts: OperationsParts,
): Promise<OperationsServer> {
  const server = createServer(
    { requestTimeout: 10_000, headersTimeout: 10_000, keepAliveTimeout: 20_000 },
    (request, response) => {
      void answer(parts, request, response);
    },
  );
  server.maxConnections = mostConnections;
  server.listen(port, host);
  try {
    await once(server, 'listening');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    throw new Error(`Port ${port} (from METRICS_PORT) is taken. Set METRICS_PORT to another.`, {
      cause: error,
    });
  }
  return {
    port: (server.address() as AddressInfo).port,
    async stop() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

async function answer(
  { metrics, problems, warnings = () => [] }: OperationsParts,
  { method, url = '' }: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (method !== 'GET' && method !== 'HEAD') return end(response, 405, { error: 'GET only' });
  switch (url.split('?')[0]) {
    case '/metrics': {
      const { contentType, text } = await metrics.expose();
      response.writeHead(200, { 'Content-Type': contentType }).end(text);
      return;
    }
    case '/healthz':
      return end(response, 200, { status: 'ok' });
    case '/readyz': {
      const found = problems();
      if (found.length > 0) {
        return end(response, 503, { status: 'not_ready', problems: [...found, ...warnings()] });
      }
      const degraded = warnings();
      const status = degraded.length === 0 ? 'ready' : 'degraded';
      return end(response, 200, { status, problems: degraded });
    }
    default:
      return end(response, 404, { error: '/metrics, /healthz and /readyz stand here' });
  }
}

function end(response: ServerResponse, status: number, body: object): void {
  response
    .writeHead(status, { 'Content-Type': 'application/json' })
    .end(`${JSON.stringify(body)}\n`);
}
