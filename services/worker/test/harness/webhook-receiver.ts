import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll } from 'vitest';

export interface Received {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  /** The raw body. */
  readonly body: string;
  readonly event: {
    readonly id: string;
    readonly object: string;
    readonly type: string;
    readonly created_at: string;
    readonly data: { readonly id: string; readonly status: string };
  };
}

/** How a receiver answers; without an end to the response it hangs. */
export type Answer = (request: Received, response: ServerResponse) => void;

const accept: Answer = (_request, response) => {
  response.writeHead(204).end();
};

/** Somebody's real HTTP receiver; closed after the file's last test. */
export async function startReceiver(answer: Answer = accept) {
  const received: Received[] = [];
  const open = new Set<ServerResponse>();
  let peak = 0;
  let current = answer;
  const server = createServer((request, response) => {
    open.add(response);
    peak = Math.max(peak, open.size);
    response.once('close', () => open.delete(response));
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString();
      const { headers, url: path = '' } = request;
      const event = JSON.parse(body) as Received['event'];
      const item = { path, headers, body, event };
      received.push(item);
      current(item, response);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  afterAll(() => {
    server.close();
    server.closeAllConnections();
  });
  return {
    port,
    url: `http://127.0.0.1:${port}/hooks`,
    received,
    /** The most that were under way at a time. */
    peak: () => peak,
    of: (job: string) => received.filter(({ event }) => event.data.id === job),
    answerWith(next: Answer) {
      current = next;
    },
    /** Answers what was left hanging. */
    release() {
      for (const response of open) response.writeHead(200).end();
    },
  };
}
