import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { RequestListener } from 'node:http';
import { createLogger } from '@pawl/runtime';
import { waitFor } from '@pawl/testing';
import { afterAll, expect, test } from 'vitest';
import { serve, type ConnectionBounds } from '../src/serve.ts';

const sockets: Socket[] = [];
afterAll(() => {
  for (const socket of sockets) socket.destroy();
});

/** A server with these bounds; answers how to reach it, what it has logged, and its answers that are under way. */
async function startServer(bounds: Partial<ConnectionBounds>, listener: RequestListener) {
  const logged: string[] = [];
  const open = new Set<Socket>();
  const server = await serve({
    host: '127.0.0.1',
    port: 0,
    bounds,
    log: createLogger({
      name: 'gateway',
      level: 'info',
      destination: { write: (line: string) => void logged.push(line) },
    }),
    answer: () => (request, response) => {
      if (!open.has(request.socket))
        request.socket.once('close', () => open.delete(request.socket));
      open.add(request.socket);
      listener(request, response);
    },
  });
  let stopped: Promise<void> | undefined;
  const stop = () => (stopped ??= server.stop());
  afterAll(async () => {
    for (const socket of sockets) socket.destroy();
    await stop();
  });
  const openSocket = async () => {
    const socket = connect(server.port, '127.0.0.1');
    socket.on('error', () => undefined);
    sockets.push(socket);
    await once(socket, 'connect');
    return socket;
  };
  return { port: server.port, logged, open, openSocket, stop };
}

const get = 'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n';
/** Far more than the operating system takes of one connection. */
const large = Buffer.alloc(64 * 1_048_576, 'x');

test('a client that never reads its answer loses its connection, and the server its memory', async () => {
  const { open, openSocket } = await startServer({ readTimeout: 200 }, (_request, response) => {
    response.end(large);
  });
  for (let client = 0; client < 5; client += 1) {
    const socket = await openSocket();
    socket.pause();
    socket.write(get);
  }
  await waitFor(() => open.size > 0);
  await expect.poll(() => open.size).toBe(0);
});

test('a client that reads gets the whole of it, and may ask again on its connection', async () => {
  const { openSocket } = await startServer({ readTimeout: 60_000 }, (_request, response) => {
    response.end(large);
  });
  const socket = await openSocket();
  for (let answer = 0; answer < 2; answer += 1) {
    let received = 0;
    const count = (chunk: Buffer) => (received += chunk.length);
    socket.on('data', count);
    socket.write(get);
    await expect.poll(() => received).toBeGreaterThan(large.length);
    socket.off('data', count);
  }
});

test('a client that asks ahead and reads nothing has one answer made for it, not all', async () => {
  let asked = 0;
  const { open, openSocket } = await startServer({ readTimeout: 200 }, (_request, response) => {
    asked += 1;
    response.end(large);
  });
  const socket = await openSocket();
  socket.pause();
  socket.write(get.repeat(10));
  await waitFor(() => asked > 0);
  await expect.poll(() => open.size).toBe(0);
  expect(asked).toBe(1);
});

test('a client that asks ahead gets its answers in their order', async () => {
  const { openSocket } = await startServer({}, (request, response) => {
    response.end(`answer ${request.url};`);
  });
  const socket = await openSocket();
  let received = '';
  socket.on('data', (chunk) => (received += String(chunk)));
  const paths = ['/1', '/2', '/3', '/4', '/5'];
  socket.write(paths.map((path) => get.replace('/', path)).join(''));
  await expect.poll(() => received).toContain('answer /5;');
  expect(received.match(/answer \/\d/g)).toEqual(paths.map((path) => `answer ${path}`));
});

test('a client that asks far ahead of its answers loses its connection', async () => {
  const { open, openSocket } = await startServer({}, () => undefined);
  const socket = await openSocket();
  const closed = once(socket, 'close');
  socket.write(get.repeat(100));
  await closed;
  await expect.poll(() => open.size).toBe(0);
});

test.each([
  ['sends nothing', ''],
  ['sends its headers slowly', 'GET / HTTP/1.1\r\nHost: local'],
  ['sends its body slowly', 'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\n123'],
])('a client that %s is told so, and loses its connection', async (_what, text) => {
  const { openSocket } = await startServer(
    { headersTimeout: 100, requestTimeout: 200 },
    (request, response) => {
      request.resume();
      request.once('end', () => response.end());
    },
  );
  const socket = await openSocket();
  let answer = '';
  socket.on('data', (chunk) => (answer += String(chunk)));
  const closed = once(socket, 'close');
  if (text !== '') socket.write(text);
  await closed;
  expect(answer).toMatch(/^HTTP\/1\.1 408 /);
  expect(answer).toContain('request_timeout');
});

test('connections beyond the bound are closed at once, and it is logged once', async () => {
  const { logged, openSocket } = await startServer({ connections: 2 }, (_request, response) => {
    response.end('ok');
  });
  const kept = [await openSocket(), await openSocket()];
  for (let client = 0; client < 3; client += 1) await once(await openSocket(), 'close');
  expect(logged.filter((line) => line.includes('MOST_CONNECTIONS'))).toHaveLength(1);
  const [first, second] = kept;
  const answered = once(second as Socket, 'data');
  second?.write(get);
  expect(String(await answered)).toContain('200 OK');
  first?.destroy();
  await waitFor(async () => {
    const socket = await openSocket();
    socket.write(get);
    return Promise.race([
      once(socket, 'data').then(() => true),
      once(socket, 'close').then(() => false),
    ]);
  });
});

/** Shorter than the time after which Node closes such a connection by itself. */
const timeout = 30_000;

test('a stop does not wait for unused connections', { timeout }, async () => {
  const { openSocket, stop } = await startServer({}, (_request, response) => {
    response.end('ok');
  });
  const unused = await openSocket();
  // Connections are accepted in their order, so the server knows the first one by then.
  const asking = await openSocket();
  const answered = once(asking, 'data');
  asking.write(get);
  await answered;
  const closed = once(unused.resume(), 'close');
  await stop();
  await expect(closed).resolves.toBeDefined();
});
