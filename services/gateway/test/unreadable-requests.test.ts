import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { Problem } from '@pawl/contracts';
import { createLogger } from '@pawl/runtime';
import { testRedis } from '@pawl/testing';
import { expect, onTestFinished, test } from 'vitest';
import { serve } from '../src/serve.ts';
import { startTestGateway } from './harness/start-test-gateway.ts';

const gateway = await startTestGateway(testRedis());
const { port } = new URL(gateway.url);

async function connection(to = Number(port)): Promise<Socket> {
  const socket = connect({ host: '127.0.0.1', port: to });
  onTestFinished(() => void socket.destroy());
  await once(socket, 'connect');
  return socket;
}

/** Sends text as it is; answers all that comes back until the gateway ends the connection. */
async function exchange(sent: string): Promise<string> {
  const socket = await connection();
  socket.write(sent);
  return text(socket);
}

function parse(answer: string) {
  const [head = '', body = ''] = answer.split('\r\n\r\n', 2);
  const [statusLine = '', ...lines] = head.split('\r\n');
  const headers = new Headers(lines.map((line) => line.split(': ', 2) as [string, string]));
  return { status: Number(statusLine.split(' ')[1]), headers, body };
}

const host = `Host: localhost:${port}`;

test.each([
  ['a method that is none', `FROB /v1/jobs HTTP/1.1\r\n${host}\r\n\r\n`, 400, 'malformed_request'],
  ['what is not HTTP', 'Hello?\r\n\r\n', 400, 'malformed_request'],
  [
    'a malformed header',
    `GET /v1/jobs HTTP/1.1\r\n${host}\r\nNo colon\r\n\r\n`,
    400,
    'malformed_request',
  ],
  [
    'headers over 16 KiB',
    `GET /v1/jobs HTTP/1.1\r\n${host}\r\nX-Long: ${'a'.repeat(17_000)}\r\n\r\n`,
    431,
    'headers_too_large',
  ],
  [
    'a very long URL',
    `GET /v1/jobs?cursor=${'a'.repeat(20_000)} HTTP/1.1\r\n${host}\r\n\r\n`,
    431,
    'headers_too_large',
  ],
  [
    'a body in chunks that are none',
    `POST /v1/jobs HTTP/1.1\r\n${host}\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n`,
    400,
    'malformed_request',
  ],
])('%s is refused as a problem', async (_what, sent, status, code) => {
  const answer = parse(await exchange(sent));
  expect(answer.status).toBe(status);
  expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
  expect(answer.headers.get('connection')).toBe('close');
  expect(Number(answer.headers.get('content-length'))).toBe(Buffer.byteLength(answer.body));
  const problem = Problem.parse(JSON.parse(answer.body));
  expect(problem).toMatchObject({ status, code });
  expect(answer.headers.get('x-request-id')).toBe(problem.request_id);
  const line = gateway.logged.find((logged) => logged.includes(problem.request_id)) ?? '{}';
  expect(JSON.parse(line)).toMatchObject({ problem: code, status });
  expect(line).not.toContain('aaaaaaaaaa');
});

test.each([
  [
    'an Expect that cannot be met',
    `POST /v1/jobs HTTP/1.1\r\n${host}\r\nExpect: nonsense\r\nContent-Length: 2\r\n\r\n{}`,
    417,
    'expectation_failed',
  ],
  ['CONNECT', `CONNECT example.com:443 HTTP/1.1\r\n${host}\r\n\r\n`, 405, 'method_not_allowed'],
  ['HTTP/2 without an agreement', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 400, 'malformed_request'],
  [
    'a length and chunks at once',
    `POST /v1/jobs HTTP/1.1\r\n${host}\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n`,
    400,
    'malformed_request',
  ],
  ['no Host', 'GET /v1/jobs HTTP/1.1\r\nConnection: close\r\n\r\n', 400, 'malformed_request'],
  [
    'two Hosts',
    `GET /v1/jobs HTTP/1.1\r\n${host}\r\nHost: other.example\r\nConnection: close\r\n\r\n`,
    400,
    'malformed_request',
  ],
  [
    'an upgrade that is not offered',
    `GET /nothing HTTP/1.1\r\n${host}\r\nConnection: close, Upgrade\r\nUpgrade: websocket\r\n\r\n`,
    404,
    'not_found',
  ],
  [
    'TRACE',
    `TRACE /v1/jobs HTTP/1.1\r\n${host}\r\nConnection: close\r\n\r\n`,
    405,
    'method_not_allowed',
  ],
  [
    'OPTIONS of the server',
    `OPTIONS * HTTP/1.1\r\n${host}\r\nConnection: close\r\n\r\n`,
    404,
    'not_found',
  ],
])('%s has a problem for an answer', async (_what, sent, status, code) => {
  const answer = parse(await exchange(sent));
  expect(answer.status).toBe(status);
  expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
  const problem = Problem.parse(JSON.parse(bodyOf(answer)));
  expect(problem).toMatchObject({ status, code });
  expect(answer.headers.get('x-request-id')).toBe(problem.request_id);
});

/** Without the lengths of its chunks, where it came in chunks: here always in one. */
function bodyOf({ headers, body }: ReturnType<typeof parse>): string {
  return headers.get('transfer-encoding') === 'chunked' ? (body.split('\r\n')[1] ?? '') : body;
}

test('an answer that has begun is cut off rather than mixed with a refusal', async () => {
  const server = await serve({
    host: '127.0.0.1',
    port: 0,
    answer: () => (_request, response) => {
      response.writeHead(200, { 'Content-Length': 10 }).write('begun');
    },
    log: createLogger({ name: 'gateway', level: 'silent' }),
  });
  onTestFinished(() => server.stop());
  const socket = await connection(server.port);
  socket.write(`GET / HTTP/1.1\r\n${host}\r\n\r\n`);
  const [begun] = (await once(socket, 'data')) as [Buffer];
  expect(String(begun)).toContain('200 OK');
  socket.write('FROB / HTTP/1.1\r\n\r\n');
  expect(await text(socket)).not.toContain('HTTP/1.1');
});
