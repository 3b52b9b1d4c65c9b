import { createServer as createHttpServer, type RequestListener } from 'node:http';
import { createServer as createHttp2Server, type ServerHttp2Session } from 'node:http2';
import type { Http2ServerRequest, Http2ServerResponse, Http2Session } from 'node:http2';
import { createServer, type AddressInfo, type Socket } from 'node:net';

/** How HTTP/2 with prior knowledge begins: `PRI * HTTP/2.0`. */
const http2Preface = Buffer.from('PRI');

/** The sockets below HTTP/2 sessions, which a session itself does not give away. */
const socketOfSession = new WeakMap<Http2Session, Socket>();

/** Cuts the connection below an HTTP/2 session without a word, as a network failure would. */
export function cutConnection(session: Http2Session | undefined): void {
  if (session !== undefined) socketOfSession.get(session)?.destroy();
}

export interface OnePortListeners {
  readonly http1: RequestListener;
  readonly http2: (request: Http2ServerRequest, response: Http2ServerResponse) => void;
}

interface OnePortAddress {
  readonly host: string;
  readonly port: number;
  /** How long a connection may be idle before it has said which protocol it speaks: 10,000. */
  readonly undecidedMilliseconds?: number;
}

export interface OnePort {
  /** `http://host:port`. */
  readonly origin: string;
  /** Destroys all connections and resolves when the port is free. */
  close(): Promise<void>;
}

function startsLikeHttp2(bytes: Buffer): boolean | undefined {
  if (bytes.length >= http2Preface.length) {
    return bytes.subarray(0, http2Preface.length).equals(http2Preface);
  }
  // `P` alone may still become POST or PRI.
  return http2Preface.subarray(0, bytes.length).equals(bytes) ? undefined : false;
}

/**
 * Serves HTTP/1.1 and HTTP/2 in clear on one port: each connection's first bytes tell which.
 * Throws what `listen` throws, such as EADDRINUSE.
 */
export async function listenOnOnePort(
  listeners: OnePortListeners,
  address: OnePortAddress,
): Promise<OnePort> {
  const http1 = createHttpServer(listeners.http1);
  const http2 = createHttp2Server({}, listeners.http2);
  const sockets = new Set<Socket>();
  const sessions = new Set<ServerHttp2Session>();
  let connecting: Socket | undefined;
  http2.on('session', (session) => {
    sessions.add(session);
    if (connecting !== undefined) socketOfSession.set(session, connecting);
    session.on('error', () => {});
    session.on('close', () => sessions.delete(session));
  });

  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    const giveUp = () => socket.destroy();
    let bytes = Buffer.alloc(0);
    const decide = () => {
      const next = socket.read() as Buffer | null;
      if (next === null) return;
      bytes = Buffer.concat([bytes, next]);
      const isHttp2 = startsLikeHttp2(bytes);
      if (isHttp2 === undefined) return;
      // Only now: bytes that are put back make the socket readable again at once.
      socket.unshift(bytes);
      socket.off('readable', decide);
      socket.setTimeout(0).off('timeout', giveUp);
      connecting = socket;
      (isHttp2 ? http2 : http1).emit('connection', socket);
      connecting = undefined;
    };
    socket.on('readable', decide);
    socket.setTimeout(address.undecidedMilliseconds ?? 10_000).on('timeout', giveUp);
  });

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(address.port, address.host, () => {
      server.off('error', reject);
      resolve();
    });
  });
  const { port } = server.address() as AddressInfo;
  const host = address.host.includes(':') ? `[${address.host}]` : address.host;

  return {
    origin: `http://${host}:${port}`,
    async close() {
      const closed = new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
      for (const session of sessions) session.destroy();
      for (const socket of sockets) socket.destroy();
      http1.close();
      http2.close();
      await closed;
    },
  };
}
