import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A webhook that arrived: the id under which a receiver would know a repeated one. */
interface Receipt {
  readonly path: string;
  readonly webhookId: string;
}

/** Takes webhooks in this process and answers 204, after whoever wants to has stepped in. */
export interface Receiver {
  readonly origin: string;
  receipts(path: string): readonly Receipt[];
  /** Called before the answer is sent, which waits for it; returns a function that ends it. */
  onReceipt(listener: (receipt: Receipt) => Promise<void>): () => void;
  close(): void;
}

export async function startReceiver(): Promise<Receiver> {
  const receipts: Receipt[] = [];
  const listeners = new Set<(receipt: Receipt) => Promise<void>>();
  const server = createServer((request, response) => {
    request.resume().once('end', () => {
      const receipt = {
        path: request.url ?? '',
        webhookId: String(request.headers['webhook-id']),
      };
      receipts.push(receipt);
      void Promise.all([...listeners].map((listener) => listener(receipt))).then(() =>
        response.writeHead(204).end(),
      );
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    receipts: (path) => receipts.filter((receipt) => receipt.path === path),
    onReceipt(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}
