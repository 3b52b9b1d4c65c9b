import { once } from 'node:events';
import { connect as connectHttp2 } from 'node:http2';
import { connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { expect, onTestFinished, test } from 'vitest';
import { listenOnOnePort } from '../src/server/one-port.ts';

/** Answers on either protocol with its name; ends with the test. */
async function openPort(options: { undecidedMilliseconds?: number } = {}) {
  const port = await listenOnOnePort(
    {
      http1: (request, response) => response.end(`HTTP/1 ${request.method}`),
      http2: (request, response) => response.end(`HTTP/2 ${request.method}`),
    },
    { host: '127.0.0.1', port: 0, ...options },
  );
  onTestFinished(() => port.close());
  return port;
}

async function connectTo(origin: string): Promise<Socket> {
  const { hostname, port } = new URL(origin);
  const socket = connect({ host: hostname, port: Number(port), noDelay: true });
  onTestFinished(() => void socket.destroy());
  await once(socket, 'connect');
  return socket;
}

const postOf = (origin: string) =>
  `POST / HTTP/1.1\r\nHost: ${new URL(origin).host}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`;

test('while a connection has sent `P` alone, others are answered', async () => {
  const { origin } = await openPort();
  const socket = await connectTo(origin);
  socket.write('P');
  expect(await (await fetch(origin)).text()).toBe('HTTP/1 GET');
});

test('a request whose method comes in pieces is answered as a whole', async () => {
  const { origin } = await openPort();
  const socket = await connectTo(origin);
  const request = postOf(origin);
  for (const piece of ['P', 'O', 'ST', request.slice(4)]) {
    socket.write(piece);
    // Each piece a segment of its own, which has arrived before the next one leaves.
    await (await fetch(origin)).text();
  }
  expect(await text(socket)).toContain('HTTP/1 POST');
});

test('an HTTP/2 preface that comes in pieces begins a session', async () => {
  const { origin } = await openPort();
  const socket = await connectTo(origin);
  for (const piece of ['P', 'R', 'I * HTTP/2.0\r\n\r\nSM\r\n\r\n']) {
    socket.write(piece);
    await (await fetch(origin)).text();
  }
  const [frame] = (await once(socket, 'data')) as [Buffer];
  expect(frame[3], 'the type of a SETTINGS frame').toBe(4);
});

test('both protocols are served in one segment each', async () => {
  const { origin } = await openPort();
  const socket = await connectTo(origin);
  socket.write(postOf(origin));
  expect(await text(socket)).toContain('HTTP/1 POST');
  const session = connectHttp2(origin);
  onTestFinished(() => session.close());
  expect(await text(session.request({ ':method': 'POST' }).end())).toBe('HTTP/2 POST');
});

test('a connection that does not say what it wants is ended', async () => {
  const { origin } = await openPort({ undecidedMilliseconds: 100 });
  const silent = await connectTo(origin);
  const undecided = await connectTo(origin);
  undecided.write('PR');
  expect(await Promise.all([text(silent), text(undecided)])).toEqual(['', '']);
});
