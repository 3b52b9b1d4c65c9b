import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { testRedis } from '@pawl/testing';
import { afterAll, expect, test } from 'vitest';
import { Webhook } from 'standardwebhooks';
import { scripted, startTestWorker } from './harness/start-test-worker.ts';

const secret = `whsec_${Buffer.alloc(24, 1).toString('base64')}`;

interface Received {
  readonly key: string;
  readonly body: { readonly user: string; readonly tool: string };
}

const received: Received[] = [];
const done = new Set<string>();

/** A function that does its work once for each key, and whose first answer is lost each time. */
const server = createServer((request, response) => {
  let text = '';
  request.on('data', (chunk) => {
    text += String(chunk);
  });
  request.on('end', () => {
    const body = new Webhook(secret).verify(text, request.headers as Record<string, string>);
    const key = String(request.headers['idempotency-key']);
    received.push({ key, body: body as Received['body'] });
    if (request.url === '/charge' && !done.has(key)) {
      done.add(key);
      response.destroy();
      return;
    }
    if (request.url === '/busy' && received.filter((each) => each.key === key).length === 1) {
      response.writeHead(429).end();
      return;
    }
    response.end(JSON.stringify({ ok: true }));
  });
});
server.listen(0, '127.0.0.1');
await once(server, 'listening');
const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const functionAt = (name: string, effect: 'reads' | 'idempotent' | 'writes') => ({
  name,
  description: `Does ${name}.`,
  parameters: { type: 'object', properties: { amount: { type: 'number' } } },
  url: `${origin}/${name}`,
  effect,
  headers: {},
});

const worker = await startTestWorker(testRedis(), {
  tasks: { toolLimit: 40 },
  sources: {
    billing: {
      type: 'functions',
      secret: [secret],
      functions: [
        functionAt('charge', 'idempotent'),
        functionAt('busy', 'writes'),
        functionAt('refund', 'writes'),
      ],
    },
  },
});

const sentBy = (user: string) => received.filter(({ body }) => body.user === user);

test('a function that keeps the key is called again after its answer was lost, and does its work once', async () => {
  const job = await worker.post({
    prompt: scripted([[{ tool: 'charge', arguments: { amount: 5 } }], { text: 'Charged.' }]),
    user: 'charged',
    connections: ['billing'],
  });
  expect(await worker.ended(job)).toMatchObject({ status: 'completed', text: 'Charged.' });
  const keys = sentBy('charged').map(({ key }) => key);
  expect(keys).toHaveLength(2);
  expect(new Set(keys)).toEqual(new Set([`${job.replace('job_', 'call_')}-0-0`]));
});

test('a function that asks to wait is called again, even one that writes', async () => {
  const job = await worker.post({
    prompt: scripted([[{ tool: 'busy', arguments: {} }], { text: 'Done.' }]),
    user: 'waited',
    connections: ['billing'],
  });
  expect(await worker.ended(job)).toMatchObject({ status: 'completed' });
  expect(sentBy('waited')).toHaveLength(2);
});

test('among hundreds of tools the model is offered some, finds another and calls it', async () => {
  const job = await worker.post({
    prompt: scripted([
      [{ tool: 'find_tools', arguments: { query: 'refund a payment' } }],
      [{ tool: 'refund', arguments: { amount: 5 } }],
      { text: 'Refunded.' },
    ]),
    user: 'searching',
    connections: ['github', 'slack', 'gmail', 'billing'],
  });
  expect(await worker.ended(job)).toMatchObject({ status: 'completed', text: 'Refunded.' });
  expect(sentBy('searching').map(({ body }) => body.tool)).toEqual(['refund']);
  const requests = worker.control
    .modelRequests()
    .items.map(({ body }) => body as { tools?: { function: { name: string } }[] })
    .filter(({ tools = [] }) => tools.some((each) => each.function.name === 'find_tools'))
    .map(({ tools = [] }) => tools.map((each) => each.function.name));
  expect(requests).toHaveLength(3);
  expect(requests[0]).toHaveLength(41);
  expect(requests[1]).toContain('refund');
  expect(requests[2]).toContain('refund');
});
