import { expect, test } from 'vitest';
import { isLoopbackName } from './loopback.ts';

test.each(['127.0.0.1', '127.1.2.3', '::1', '[::1]', 'localhost', 'LOCALHOST'])(
  '%s is this machine',
  (host) => expect(isLoopbackName(host)).toBe(true),
);

test.each([
  '0.0.0.0',
  '::',
  '10.0.0.1',
  '128.0.0.1',
  'localhost.evil.example',
  '127.0.0.1.nip.io',
  'app.localhost',
])('%s can be reached by others, or named by them', (host) =>
  expect(isLoopbackName(host)).toBe(false),
);
