import { once } from 'node:events';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeCheckout, type Checkout } from './checkout.ts';

let checkout: Checkout;

beforeEach(async () => {
  checkout = await makeCheckout();
});
afterEach(() => checkout.remove());

test('npm run serve ends with everything that it started when npm is told to end', async () => {
  const serve = checkout.npm(['run', 'serve']);
  await expect.poll(serve.printed).toContain('Pawl is ready: http');
  const exited = once(serve.process, 'exit');
  serve.process.kill('SIGTERM');
  await exited;
  await serve.closed;
  expect(serve.printed()).toMatch(/"outcome":"closed","msg":"stopped"/);
  // The folder is free again: its Redis has ended too.
  const next = checkout.npm(['run', 'serve']);
  await expect.poll(next.printed).toContain('Pawl is ready: http');
});
