import { once } from 'node:events';
import { createServer } from 'node:http';
import {
  createServer as createTcpServer,
  type AddressInfo,
  type LookupFunction,
  type Socket,
} from 'node:net';
import { afterAll, expect, test } from 'vitest';
import { createWebhookClient } from '../src/webhooks/create-webhook-client.ts';

const secrets = [`whsec_${Buffer.alloc(24, 1).toString('base64')}`];
const arrived: string[] = [];
const receiver = createServer((request, response) => {
  arrived.push(request.headers.host ?? '');
  request.resume();
  response.writeHead(200).end();
});
receiver.listen(0, '127.0.0.1');
await once(receiver, 'listening');
const { port } = receiver.address() as AddressInfo;
afterAll(() => {
  receiver.close();
});

const to = (...addresses: string[]): LookupFunction => {
  let asked = 0;
  return (_hostname, options, done) => {
    const address = addresses[Math.min(asked, addresses.length - 1)] ?? '';
    asked += 1;
    if (options.all === true) done(null, [{ address, family: 4 }]);
    else done(null, address, 4);
  };
};

function client(settings: { lookup?: LookupFunction; allowedHosts?: string[]; timeout?: number }) {
  return createWebhookClient({ timeout: 60_000, allowedHosts: [], ...settings });
}

const send = (sender: ReturnType<typeof client>, url: string, signal?: AbortSignal) =>
  sender.send(
    { url, event: 'evt_0_a', body: '{}', secrets },
    signal ?? new AbortController().signal,
  );

test.each([
  `http://127.0.0.1:${port}/`,
  `http://127.1:${port}/`,
  `http://2130706433:${port}/`,
  `http://0x7f.1:${port}/`,
  `http://0177.0.0.1:${port}/`,
  `http://[::ffff:127.0.0.1]:${port}/`,
  `http://0.0.0.0:${port}/`,
  `http://localhost:${port}/`,
  `https://127.0.0.1:${port}/`,
])('%s is refused before anything is connected to', async (url) => {
  const before = arrived.length;
  expect(await send(client({}), url)).toMatchObject({
    kind: 'failed',
    error: { code: 'address_refused' },
  });
  expect(arrived).toHaveLength(before);
});

test('a name that stands for loopback is refused, and reached once the operator allows it', async () => {
  const url = `http://hooks.example:${port}/`;
  const lookup = to('127.0.0.1');
  expect(await send(client({ lookup }), url)).toMatchObject({ error: { code: 'address_refused' } });
  for (const allowedHosts of [['hooks.example'], ['127.0.0.0/8']]) {
    expect(await send(client({ lookup, allowedHosts }), url)).toEqual({
      kind: 'answered',
      status: 200,
    });
  }
});

test('a name that is resolved to another address the second time does not get in (DNS rebinding)', async () => {
  const sender = client({ lookup: to('192.0.2.1', '127.0.0.1') });
  const before = arrived.length;
  const outcomes = [
    await send(sender, `http://rebinding.example:${port}/`),
    await send(sender, `http://rebinding.example:${port}/`),
  ];
  for (const outcome of outcomes)
    expect(outcome).toMatchObject({ error: { code: 'address_refused' } });
  expect(arrived).toHaveLength(before);
});

test('the limit is on the whole exchange: a look-up that hangs is timed out too', async () => {
  const sender = client({ lookup: () => undefined, timeout: 100 });
  expect(await send(sender, 'http://slow.example/')).toMatchObject({
    kind: 'failed',
    error: { code: 'timed_out' },
  });
});

test('a TLS handshake that hangs is timed out', async () => {
  const sockets = new Set<Socket>();
  const silent = createTcpServer((socket) => sockets.add(socket)).listen(0, '127.0.0.1');
  await once(silent, 'listening');
  const { port: silentPort } = silent.address() as AddressInfo;
  const sender = client({ allowedHosts: ['127.0.0.1'], timeout: 200 });
  expect(await send(sender, `https://127.0.0.1:${silentPort}/`)).toMatchObject({
    error: { code: 'timed_out' },
  });
  for (const socket of sockets) socket.destroy();
  silent.close();
});

test('what answers https without TLS is told apart', async () => {
  const sender = client({ allowedHosts: ['127.0.0.1'] });
  expect(await send(sender, `https://127.0.0.1:${port}/`)).toMatchObject({
    error: { code: 'tls_failed' },
  });
});

test('a name that does not exist is said so', async () => {
  const missing = Object.assign(new Error('no'), { code: 'ENOTFOUND' });
  const sender = client({ lookup: (_hostname, _options, done) => done(missing, '') });
  expect(await send(sender, 'http://missing.example/')).toMatchObject({
    error: { code: 'not_reached', message: 'The host name does not exist.' },
  });
});

test('a worker that stops aborts what is under way', async () => {
  const stopping = new AbortController();
  const sent = send(client({ lookup: () => undefined }), 'http://a.example/', stopping.signal);
  stopping.abort();
  expect(await sent).toEqual({ kind: 'aborted' });
});

test('a receiver that sends 100 Continue unasked is reached', async () => {
  const continuing = createServer((request, response) => {
    request.resume();
    response.writeContinue();
    response.writeHead(204).end();
  }).listen(0, '127.0.0.1');
  await once(continuing, 'listening');
  const { port: itsPort } = continuing.address() as AddressInfo;
  const sender = client({ allowedHosts: ['127.0.0.1'] });
  for (const _ of [1, 2]) {
    const outcome = await send(sender, `http://127.0.0.1:${itsPort}/`);
    expect(outcome).toEqual({ kind: 'answered', status: 204 });
  }
  continuing.close();
});

test('of an answer without end no more is read than its beginning', async () => {
  let bytes = 0;
  const chunk = Buffer.alloc(65_536, 'a');
  const talkative = createServer((request, response) => {
    request.resume();
    response.writeHead(200);
    const go = () => {
      while (!response.destroyed && bytes < 700_000_000) {
        bytes += chunk.length;
        if (!response.write(chunk)) {
          response.once('drain', go);
          return;
        }
      }
    };
    go();
  }).listen(0, '127.0.0.1');
  await once(talkative, 'listening');
  const { port: itsPort } = talkative.address() as AddressInfo;
  const sender = client({ allowedHosts: ['127.0.0.1'] });
  const outcome = await send(sender, `http://127.0.0.1:${itsPort}/`);
  expect(outcome).toEqual({ kind: 'answered', status: 200 });
  // What is beyond the bound waits in buffers of the two sockets.
  expect(bytes).toBeLessThan(64_000_000);
  talkative.close();
});

test('without a secret nothing is sent', async () => {
  const sender = client({ allowedHosts: ['127.0.0.1'] });
  const before = arrived.length;
  const outcome = await sender.send(
    { url: `http://127.0.0.1:${port}/`, event: 'e', body: '{}', secrets: [] },
    new AbortController().signal,
  );
  expect(outcome).toMatchObject({ kind: 'failed', error: { code: 'not_signed' } });
  expect(arrived).toHaveLength(before);
});
