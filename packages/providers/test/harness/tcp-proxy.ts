import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { expect } from 'vitest';

/** Stands between a client and a server, and breaks what it is told to. */
export interface TcpProxy {
  readonly origin: string;
  /** Resolves once a client has sent this text. */
  received(text: string): Promise<void>;
  /** From now on what the server answers ends the connection instead. */
  loseAnswers(): void;
  /** Nobody listens there any more. */
  stop(): Promise<void>;
}

export async function startTcpProxy(target: number): Promise<TcpProxy> {
  const sockets = new Set<Socket>();
  let loses = false;
  let sent = '';
  const server = createServer((incoming) => {
    const outgoing = connect(target, '127.0.0.1');
    for (const socket of [incoming, outgoing]) {
      sockets.add(socket);
      socket.on('close', () => {
        sockets.delete(socket);
        incoming.destroy();
        outgoing.destroy();
      });
      socket.on('error', () => socket.destroy());
    }
    incoming.pipe(outgoing);
    incoming.on('data', (chunk) => {
      sent += chunk.toString('latin1');
    });
    outgoing.on('data', (chunk) => {
      if (loses) incoming.destroy();
      else incoming.write(chunk);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    received: (text) => expect.poll(() => sent).toContain(text),
    loseAnswers() {
      loses = true;
    },
    async stop() {
      if (!server.listening) return;
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
