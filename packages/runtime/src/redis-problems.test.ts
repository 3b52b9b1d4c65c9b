import { expect, test } from 'vitest';
import { durabilityWarnings, redisProblems } from './redis-problems.ts';

const info = (fields: Record<string, string>): string =>
  Object.entries({
    redis_version: '7.4.1',
    maxmemory_policy: 'noeviction',
    role: 'master',
    ...fields,
  })
    .map(([name, value]) => `${name}:${value}`)
    .join('\r\n');

test('finds nothing against a recent primary that evicts nothing', () => {
  expect(redisProblems(`# Server\r\n${info({})}`)).toEqual([]);
});

test.each(['6.0.20', '5.0.7', '6.1.99'])('refuses version %s', (version) => {
  expect(redisProblems(info({ redis_version: version }))).toEqual([
    `Redis is ${version}; install 6.2 or later.`,
  ]);
});

test.each(['6.2.0', '7.0.15', '10.0.0'])('accepts version %s', (version) => {
  expect(redisProblems(info({ redis_version: version }))).toEqual([]);
});

test('refuses a server whose memory is full, and not one without a bound', () => {
  expect(redisProblems(info({ used_memory: '2000', maxmemory: '1000' }))).toEqual([
    'Redis uses 2000 bytes of memory and has maxmemory 1000: it takes no writes. Raise it, or free memory.',
  ]);
  expect(redisProblems(info({ used_memory: '2000', maxmemory: '0' }))).toEqual([]);
  expect(redisProblems(info({ used_memory: '500', maxmemory: '1000' }))).toEqual([]);
});

test('names every problem at once', () => {
  const problems = redisProblems(info({ maxmemory_policy: 'allkeys-lru', role: 'slave' }));
  expect(problems).toHaveLength(2);
  expect(problems[0]).toContain('maxmemory-policy allkeys-lru');
  expect(problems[1]).toContain('read-only replica');
});

test('says so when the server does not tell', () => {
  expect(redisProblems('')).toHaveLength(2);
});

function warnings(fields: Record<string, string>, appendfsync = 'everysec', least = 0): string {
  const server = { info: info(fields), appendfsync, minReplicasToWrite: least };
  return durabilityWarnings(server).join(' ');
}

test('the durable profile asks for an append-only file that is written at once, or for replicas that are waited for', () => {
  expect(warnings({ aof_enabled: '0' })).toContain('set appendonly to yes');
  expect(warnings({ aof_enabled: '1' })).toContain('appendfsync everysec');
  expect(warnings({ aof_enabled: '1' }, 'always')).toBe('');
  const replicas = { aof_enabled: '1', connected_slaves: '1' };
  expect(warnings(replicas)).toContain('min-replicas-to-write');
  expect(warnings(replicas, 'everysec', 1)).toBe('');
});
