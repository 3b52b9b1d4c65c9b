import { ShortLivedSet } from '@pawl/contracts';
import { once } from 'node:events';
import { createServer, type RequestListener, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import type { Logger } from '@pawl/runtime';
import { answerInTurn } from './http/answer-in-turn.ts';
import { createMessageClasses, type MessageClasses } from './http/message-classes.ts';
import { refuseUnreadable } from './http/refuse-unreadable.ts';

export interface ServeSettings {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** Makes what answers requests of these classes, once the port is known. */
  readonly answer: (port: number, messages: MessageClasses) => RequestListener;
  readonly log: Logger;
  readonly bounds?: Partial<ConnectionBounds>;
}

/** What a client may take of the server. Times are milliseconds. */
export interface ConnectionBounds {
  /** Further connections are closed at once. */
  readonly connections: number;
  /** In this time the headers of a request have to arrive, from the first byte or from the connection on. */
  readonly headersTimeout: number;
  /** In this time a request has to arrive, its body included. */
  readonly requestTimeout: number;
  /** In this time a client has to read an answer, from its end on: the server holds it in memory for so long. */
  readonly readTimeout: number;
}

export const defaultBounds: ConnectionBounds = {
  connections: 5_000,
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  readTimeout: 30_000,
};

export interface RunningServer {
  readonly port: number;
  /**
   * Goes on for so many milliseconds as before, but says on every answer that its connection ends: who keeps connections
   * open opens the next one elsewhere, as soon as a load balancer leads there.
   */
  drain(milliseconds: number): Promise<void>;
  /** Takes no new connection, and resolves once every request under way has its answer. */
  stop(): Promise<void>;
}

/** Listens for HTTP. Throws an Error that names PORT if it is taken, else what `listen` throws. */
export async function serve({
  host,
  port,
  answer,
  log,
  bounds = {},
}: ServeSettings): Promise<RunningServer> {
  const { connections, headersTimeout, requestTimeout, readTimeout } = {
    ...defaultBounds,
    ...bounds,
  };
  const messages = createMessageClasses();
  const server = createServer({
    ...messages,
    // These are for the request; its answer may take longer.
    headersTimeout,
    requestTimeout,
    // Node looks for requests that are late only so often: every 30 seconds unless told otherwise.
    connectionsCheckingInterval: Math.min(headersTimeout, 2_000),
    // Longer than the idle time of common load balancers, so that these close first.
    keepAliveTimeout: 65_000,
    // A missing Host is refused with a problem: see requireHost.
    requireHostHeader: false,
  });
  server.maxConnections = connections;
  const warnOfFull = onceIn(60_000, () =>
    log.warn({ connections }, 'no more connections are taken: MOST_CONNECTIONS are open'),
  );
  server.on('drop', warnOfFull);
  server.on('request', (_request, response) => endWhenUnread(response, readTimeout));
  const underWay = new ShortLivedSet<ServerResponse>();
  const endConnections = connectionsEnd(server, underWay);
  refuseUnreadable(server, { underWay, log });
  const unused = unusedConnections(server);
  await listen(server, port, host);
  const { port: actual } = server.address() as AddressInfo;
  server.on('request', answerInTurn(answer(actual, messages)));
  return {
    port: actual,
    async drain(milliseconds) {
      endConnections();
      await pause(milliseconds);
    },
    async stop() {
      endConnections();
      await stop(server, unused);
    },
  };
}

/**
 * Keeps the set of the answers under way, and answers what has every answer end its connection from then on, these
 * included.
 */
function connectionsEnd(server: Server, underWay: ShortLivedSet<ServerResponse>): () => void {
  let isEnding = false;
  server.on('request', (_request, response) => {
    response.once('close', underWay.add(response));
    if (isEnding) endAfter(response);
  });
  return () => {
    isEnding = true;
    for (const response of underWay) endAfter(response);
  };
}

function endAfter(response: ServerResponse): void {
  if (!response.headersSent) response.setHeader('Connection', 'close');
}

/**
 * Ends the connection of a client that does not read its answer. `prefinish`: the whole answer is on its way to the
 * socket. `finish`: the operating system has it.
 */
function endWhenUnread(response: ServerResponse, milliseconds: number): void {
  response.once('prefinish', () => {
    // Mostly the operating system has taken all of it by now.
    if (response.writableFinished || response.socket?.writableLength === 0) return;
    const timer = setTimeout(() => response.destroy(), milliseconds);
    const stopWaiting = () => clearTimeout(timer);
    response.once('finish', stopWaiting).once('close', stopWaiting);
  });
}

/** Does something, and then not again for a while, however often it is asked for. */
function onceIn(milliseconds: number, work: () => void): () => void {
  let next = 0;
  return () => {
    if (Date.now() < next) return;
    next = Date.now() + milliseconds;
    work();
  };
}

/** Connections that were opened ahead and have sent nothing yet: Node does not count them among the idle ones. */
function unusedConnections(server: Server): ReadonlySet<Socket> {
  const unused = new Set<Socket>();
  server.on('connection', (socket) => {
    unused.add(socket);
    socket.once('close', () => unused.delete(socket));
  });
  server.on('request', ({ socket }) => unused.delete(socket));
  return unused;
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

async function stop(server: Server, unused: ReadonlySet<Socket>): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  // A connection that is kept alive would otherwise stay until it idles out.
  const closing = setInterval(() => {
    server.closeIdleConnections();
    for (const socket of unused) if (socket.bytesRead === 0) socket.destroy();
  }, 50);
  await closed;
  clearInterval(closing);
}
