import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Logger } from '@pawl/runtime';
import { refuseUnreadable } from './http/refuse-unreadable.ts';

export interface ServeSettings {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** Makes what answers requests, once the port is known. */
  readonly answer: (port: number) => RequestListener;
  readonly log: Logger;
}

export interface RunningServer {
  readonly port: number;
  /** Takes no new connection, and resolves once every request under way has its answer. */
  stop(): Promise<void>;
}

/** Listens for HTTP. Throws an Error that names PORT if it is taken, else what `listen` throws. */
export async function serve({ host, port, answer, log }: ServeSettings): Promise<RunningServer> {
  const server = createServer({
    // Headers and body have to arrive in this time; answers may take longer.
    headersTimeout: 10_000,
    requestTimeout: 30_000,
    // Longer than the idle time of common load balancers, so that these close first.
    keepAliveTimeout: 65_000,
  });
  refuseUnreadable(server, log);
  await listen(server, port, host);
  const { port: actual } = server.address() as AddressInfo;
  server.on('request', answer(actual));
  return { port: actual, stop: () => stop(server) };
}

async function listen(server: Server, port: number, host: string): Promise<void> {
  server.listen(port, host);
  try {
    await once(server, 'listening');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    throw new Error(
      `Port ${port} (from PORT) is taken. End what listens there, or set PORT to another.`,
      { cause: error },
    );
  }
}

async function stop(server: Server): Promise<void> {
  // A connection that is kept alive would otherwise stay until it idles out.
  server.prependListener('request', (_request, response) => {
    response.setHeader('Connection', 'close');
  });
  const closed = once(server, 'close');
  server.close();
  const closing = setInterval(() => server.closeIdleConnections(), 50);
  await closed;
  clearInterval(closing);
}
