import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

interface ReceivedCall {
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly text: string;
}

type Answer = (call: ReceivedCall, response: ServerResponse) => void;

/** A service whose functions are told, by their paths, how they answer. It records what it receives. */
export async function startFunctionServer(answers: Readonly<Record<string, Answer>>) {
  const received: ReceivedCall[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { url: path = '', headers } = request;
      const call = { path, headers, text: Buffer.concat(chunks).toString('utf8') };
      received.push(call);
      const answer = answers[path];
      if (answer === undefined) response.writeHead(404).end('there is no such function');
      else answer(call, response);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    port,
    received,
    async close() {
      if (!server.listening) return;
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** Answers with JSON. */
export const json =
  (value: unknown, status = 200): Answer =>
  (_call, response) => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
  };
