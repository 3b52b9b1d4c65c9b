import { expect, test } from 'vitest';
import { describeRedisAddress, parseRedisUrl } from './redis-address.ts';

test('reads host, port, credentials and database', () => {
  expect(parseRedisUrl('rediss://pawl:p%40ss@redis.internal:6380/2')).toEqual({
    kind: 'single',
    secure: true,
    username: 'pawl',
    password: 'p@ss',
    host: 'redis.internal',
    port: 6380,
    db: 2,
  });
});

test('takes 6379 and an IPv6 address', () => {
  expect(parseRedisUrl('redis://[::1]')).toMatchObject({ host: '::1', port: 6379, db: 0 });
});

test.each(['redis://:secret@a:1,b:2,c', 'redis://:secret@a:1,redis://b:2,redis://c'])(
  'reads several hosts as a cluster: %s',
  (url) => {
    expect(parseRedisUrl(url)).toEqual({
      kind: 'cluster',
      secure: false,
      password: 'secret',
      nodes: [
        { host: 'a', port: 1 },
        { host: 'b', port: 2 },
        { host: 'c', port: 6379 },
      ],
    });
  },
);

test.each([
  ['localhost:6379', 'must start with redis://'],
  ['redis://host:port', 'not a URL'],
  ['redis:///0', 'names no host'],
  ['redis://host/name', 'number of a database'],
  ['redis://a/1,b', 'no numbered databases'],
])('refuses %s and says why', (url, reason) => {
  expect(() => parseRedisUrl(url)).toThrow(reason);
});

test('describes an address without its password', () => {
  expect(describeRedisAddress(parseRedisUrl('redis://u:secret@a:1,b:2'))).toBe('a:1,b:2');
});
