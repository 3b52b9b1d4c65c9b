import { expect, test } from 'vitest';
import { hostnameOf, isLoopback } from './loopback.ts';

test.each(['127.0.0.1', '127.1.2.3', '::1', '[::1]', 'localhost', 'LOCALHOST', 'app.localhost'])(
  '%s is this machine',
  (host) => expect(isLoopback(host)).toBe(true),
);

test.each(['0.0.0.0', '::', '10.0.0.1', '128.0.0.1', 'localhost.evil.example', '127.0.0.1.nip.io'])(
  '%s can be reached by others',
  (host) => expect(isLoopback(host)).toBe(false),
);

test('a Host header names its host with or without a port', () => {
  expect(hostnameOf('localhost:3000')).toBe('localhost');
  expect(hostnameOf('[::1]:3000')).toBe('[::1]');
  expect(hostnameOf('evil.example')).toBe('evil.example');
  expect(hostnameOf(undefined)).toBeUndefined();
  expect(hostnameOf('a b')).toBeUndefined();
});
