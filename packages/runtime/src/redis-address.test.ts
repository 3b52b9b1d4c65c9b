import { expect, test } from 'vitest';
import { describeRedisAddress, parseRedisUrl } from './redis-address.ts';

test('reads host, port, credentials and database', () => {
  expect(parseRedisUrl('rediss://pawl:p%40ss@redis.internal:6380/2')).toEqual({
    kind: 'single',
    secure: true,
    files: {},
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
      files: {},
      password: 'secret',
      nodes: [
        { host: 'a', port: 1 },
        { host: 'b', port: 2 },
        { host: 'c', port: 6379 },
      ],
    });
  },
);

test('reads sentinels, what they call the primary, and their own user', () => {
  const url =
    'rediss+sentinel://pawl:p%40ss@a,b:1/main/3?sentinel_user=watch&sentinel_password=w&ca=/ca.pem';
  expect(parseRedisUrl(url)).toEqual({
    kind: 'sentinel',
    secure: true,
    files: { ca: '/ca.pem' },
    username: 'pawl',
    password: 'p@ss',
    sentinels: [
      { host: 'a', port: 26_379 },
      { host: 'b', port: 1 },
    ],
    name: 'main',
    db: 3,
    sentinelUsername: 'watch',
    sentinelPassword: 'w',
  });
});

test('one host is enough for a cluster', () => {
  const nodes = [{ host: 'a', port: 6379 }];
  expect(parseRedisUrl('redis+cluster://a')).toMatchObject({ kind: 'cluster', nodes });
});

test('reads a socket, and the files of a client certificate', () => {
  const socket = { kind: 'socket', path: '/run/my redis.sock', db: 2, password: 'p' };
  expect(parseRedisUrl('unix://:p@/run/my%20redis.sock?db=2')).toMatchObject(socket);
  const files = { ca: 'ca.pem', cert: 'client.pem', key: 'client.key' };
  const url = 'rediss://host?ca=ca.pem&cert=client.pem&key=client.key';
  expect(parseRedisUrl(url)).toMatchObject({ secure: true, files });
});

test.each([
  ['localhost:6379', 'must start with redis://'],
  ['redis://host:port', 'not a URL'],
  ['redis:///0', 'names no host'],
  ['redis://host/name', 'number of a database'],
  ['redis://a/1,b', 'no numbered databases'],
  ['redis+cluster://a/1', 'no numbered databases'],
  ['redis+sentinel://a', 'ends with /NAME'],
  ['redis+sentinel://a/main/0/x', 'ends with /NAME'],
  ['unix://', 'names no socket'],
  ['redis://a?ca=ca.pem', 'takes none'],
])('refuses %s and says why', (url, reason) => {
  expect(() => parseRedisUrl(url)).toThrow(reason);
});

test('describes an address without its password', () => {
  expect(describeRedisAddress(parseRedisUrl('redis://u:secret@a:1,b:2'))).toBe('a:1,b:2');
});
