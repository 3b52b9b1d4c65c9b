import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  checkRedis,
  connectRedis,
  createLogger,
  whenRedisReady,
  type RedisConnection,
  type RedisRole,
} from '@pawl/runtime';
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { findFreePort, startPrivateRedis, type PrivateRedis } from '../src/index.ts';

let directory: string;
let port: number;
let server: PrivateRedis;
let connections: RedisConnection[];
let lines: { msg: string; level: string }[];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'pawl-redis-outage-'));
  port = await findFreePort();
  connections = [];
  lines = [];
  await startServer();
});
afterEach(async () => {
  for (const connection of connections) connection.disconnect();
  await server.stop();
  await rm(directory, { recursive: true });
});

async function startServer(): Promise<void> {
  server = await startPrivateRedis({
    directory,
    port,
    password: 'letmein',
    ways: ['program', 'package'],
    packageDirectory: fileURLToPath(new URL('../../../../.pawl/packages', import.meta.url)),
    log: () => undefined,
  });
}

async function connect(role: RedisRole): Promise<RedisConnection> {
  const logger = createLogger({
    name: 'test',
    level: 'info',
    destination: { write: (line: string) => void lines.push(JSON.parse(line) as never) },
  });
  const redis = connectRedis(server.url, role, { logger });
  connections.push(redis);
  await whenRedisReady(redis, 60_000);
  return redis;
}

test('a producer fails at once while Redis is away, and works again after', async () => {
  const redis = await connect('producer');
  await server.stop();
  await expect.poll(() => redis.status).not.toBe('ready');
  await expect(redis.set('a', '1')).rejects.toThrow('enableOfflineQueue');
  expect((await checkRedis(redis)).problems).toEqual([
    expect.stringContaining('Redis does not answer'),
  ]);
  await startServer();
  await whenRedisReady(redis, 60_000);
  expect(await redis.set('a', '1')).toBe('OK');
  expect((await checkRedis(redis)).problems).toEqual([]);
});

test('a worker’s command waits for Redis to come back', async () => {
  const redis = await connect('worker');
  await server.stop();
  await expect.poll(() => redis.status).not.toBe('ready');
  const answer = redis.set('a', '1');
  await startServer();
  expect(await answer).toBe('OK');
});

test('an outage is logged once when it begins and once when it ends', async () => {
  const redis = await connect('worker');
  await server.stop();
  let attempts = 0;
  redis.on('error', () => attempts++);
  await expect.poll(() => attempts).toBeGreaterThan(3);
  await startServer();
  await whenRedisReady(redis, 60_000);
  expect(lines.map(({ level, msg }) => `${level}: ${msg}`)).toEqual([
    'error: Redis is away, reconnecting',
    'info: Redis is back',
  ]);
  expect(JSON.stringify(lines)).not.toContain('letmein');
});

test('waiting for a Redis that is not there ends with what to check', async () => {
  const nowhere = connectRedis(`redis://127.0.0.1:${await findFreePort()}`, 'producer');
  connections.push(nowhere);
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  onTestFinished(() => void vi.useRealTimers());
  const refused = once(nowhere, 'error');
  const ready = whenRedisReady(nowhere, 1_000);
  await refused;
  vi.advanceTimersByTime(1_000);
  await expect(ready).rejects.toThrow(/ECONNREFUSED.*Check REDIS_URL/);
});

test('a wrong eviction policy is a problem with a remedy', async () => {
  const redis = await connect('producer');
  await redis.config('SET', 'maxmemory-policy', 'allkeys-lru');
  expect((await checkRedis(redis)).problems).toEqual([
    expect.stringContaining('set maxmemory-policy to noeviction'),
  ]);
});
