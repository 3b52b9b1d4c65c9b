import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { createWebhookClient } from '@pawl/providers';
import { describe, expect, it, onTestFinished, test } from 'vitest';
import { startModelAt } from './harness/start-model.ts';

const switching =
  'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n';

/** Answers every request with these bytes, which need not be HTTP, and keeps the connection open. */
const answering =
  (bytes: string): Parameters<typeof startModelAt>[0] =>
  (_request, response) => {
    response.socket?.write(bytes);
  };

describe('an answer of a model endpoint that makes no sense in HTTP', () => {
  // The connection is closed by this side, and no answer will ever come.
  it.each([
    ['switches protocols', switching],
    ['has a status that does not exist', 'HTTP/1.1 999 Denied\r\nContent-Length: 0\r\n\r\n'],
    ['has headers without end', `HTTP/1.1 200 OK\r\nX-A: ${'a'.repeat(20_000)}\r\n\r\n`],
    ['says that nothing was modified', 'HTTP/1.1 304 Not Modified\r\n\r\n'],
    ['is no HTTP', 'welcome\r\n\r\n'],
    [
      'says that it is compressed, and is not',
      'HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{}',
    ],
  ])('ends the call, and will not change: it %s', async (_name, bytes) => {
    const { ask } = await startModelAt(answering(bytes));
    expect(await ask()).toMatchObject({
      kind: 'unusable',
      failure: { code: 'model_invalid_response' },
    });
  });

  it('is told with its status where its error is nested too deep', async () => {
    const { ask } = await startModelAt((_request, response) => {
      response.writeHead(400).end('['.repeat(9_000) + ']'.repeat(9_000));
    });
    expect(await ask()).toMatchObject({
      kind: 'other_model',
      failure: { code: 'model_bad_request', message: expect.stringContaining('HTTP 400') },
    });
  });
});

test('a webhook’s receiver that switches protocols has not taken it', async () => {
  const receiver = createServer((socket) => {
    socket.once('data', () => socket.write(switching));
  }).listen(0, '127.0.0.1');
  await once(receiver, 'listening');
  onTestFinished(() => void receiver.close());
  const { port } = receiver.address() as AddressInfo;
  const sender = createWebhookClient({ timeout: 60_000, allowedHosts: ['127.0.0.1'] });
  const sent = sender.send(
    {
      url: `http://127.0.0.1:${port}/`,
      event: 'evt_1',
      body: '{}',
      secrets: [`whsec_${Buffer.alloc(32, 1).toString('base64')}`],
    },
    new AbortController().signal,
  );
  expect(await sent).toMatchObject({ kind: 'failed', error: { code: 'not_reached' } });
});
