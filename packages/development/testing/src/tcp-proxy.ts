import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

export interface TcpProxy {
  readonly port: number;
  /** Connections that are open fall silent, as those to a host that has vanished: nothing is forwarded, nothing closed. */
  silence(): void;
  /** While true, new connections fall silent as well. */
  silenceNew(isSilent: boolean): void;
  /** Ends the connections that are open; new ones can be made. */
  cut(): void;
  /** Connections that were opened so far. */
  opened(): number;
  stop(): Promise<void>;
}

/** What the server answers on its way back; of the same length, since protocols count bytes. */
export type RewriteAnswer = (answer: Buffer) => Buffer;

function fallSilent(pair: readonly [Socket, Socket]): void {
  for (const socket of pair) socket.removeAllListeners('data').pause();
}

/** Forwards to a server, or to a port of this machine, and fails as networks do. It listens on 127.0.0.1. */
export async function startTcpProxy(
  target: number | Pick<URL, 'hostname' | 'port'>,
  rewrite?: RewriteAnswer,
): Promise<TcpProxy> {
  const [host, port] =
    typeof target === 'number' ? ['127.0.0.1', target] : [target.hostname, Number(target.port)];
  const pairs = new Set<readonly [Socket, Socket]>();
  let isSilent = false;
  let opened = 0;
  const server = createServer((client) => {
    opened += 1;
    const upstream = connect(port, host);
    const pair = [client, upstream] as const;
    pairs.add(pair);
    for (const [from, to, change] of [
      [client, upstream, undefined],
      [upstream, client, rewrite],
    ] as const) {
      from.on('data', (bytes) => to.write(change === undefined ? bytes : change(bytes)));
      from.on('error', () => to.destroy());
      from.on('close', () => {
        to.destroy();
        pairs.delete(pair);
      });
    }
    if (isSilent) fallSilent(pair);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    silence: () => pairs.forEach(fallSilent),
    silenceNew(silent) {
      isSilent = silent;
    },
    cut() {
      for (const pair of pairs) for (const socket of pair) socket.destroy();
    },
    opened: () => opened,
    async stop() {
      const closed = once(server, 'close');
      server.close();
      for (const pair of pairs) for (const socket of pair) socket.destroy();
      await closed;
    },
  };
}
