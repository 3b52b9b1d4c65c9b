import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { Redis } from 'ioredis';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  DirectoryInUseError,
  findFreePort,
  type PrivateRedis,
  type PrivateRedisSettings,
  runningRedisUrl,
  startPrivateRedis,
} from '../src/index.ts';
import { identifyProcess } from '../src/private-redis/process-identity.ts';
import { makeLocalRepository } from './local-repository.ts';

const packageDirectory = fileURLToPath(new URL('../../../../.pawl/packages', import.meta.url));
let directory: string;
let started: { stop(): Promise<unknown> }[];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'pawl-private-redis-'));
  started = [];
});
afterEach(async () => {
  await Promise.all(started.map((one) => one.stop()));
  await rm(directory, { recursive: true });
});

async function start(settings: Partial<PrivateRedisSettings> = {}): Promise<PrivateRedis> {
  const redis = await startPrivateRedis({
    directory,
    packageDirectory,
    ways: ['program', 'package'],
    log: () => undefined,
    ...settings,
  });
  started.push(redis);
  return redis;
}

async function ask<T>(url: string, question: (redis: Redis) => Promise<T>): Promise<T> {
  const redis = new Redis(url, { maxRetriesPerRequest: 0, retryStrategy: () => null });
  // The reason comes with the rejected command too.
  redis.on('error', () => undefined);
  try {
    return await question(redis);
  } finally {
    redis.disconnect();
  }
}

test('keeps its data from one start to the next', async () => {
  const first = await start();
  await ask(first.url, (redis) => redis.set('kept', 'yes'));
  await first.stop();
  const second = await start();
  expect(await ask(second.url, (redis) => redis.get('kept'))).toBe('yes');
});

test('is append-only, evicts nothing, and lets nobody in without the password', async () => {
  const { url } = await start({ password: 'letmein' });
  const info = await ask(url, (redis) => redis.info());
  expect(info).toContain('aof_enabled:1');
  expect(info).toContain('maxmemory_policy:noeviction');
  const stranger = ask(url.replace('default:letmein@', ''), (redis) => redis.ping());
  await expect(stranger).rejects.toThrow('NOAUTH');
});

test('listens on the port that is asked for, and says so when it is taken', async () => {
  const port = await findFreePort();
  expect((await start({ port })).url).toContain(`127.0.0.1:${port}/`);
  const elsewhere = startPrivateRedis({
    directory: join(directory, 'other'),
    packageDirectory,
    ways: ['program', 'package'],
    port,
    log: () => undefined,
  });
  await expect(elsewhere).rejects.toThrow('Address already in use');
});

test('has one owner: a second start names the first', async () => {
  await start();
  await expect(start()).rejects.toThrow(DirectoryInUseError);
  await expect(start()).rejects.toThrow(`(process ${process.pid})`);
});

test('of many starts at once exactly one wins, also over a claim left behind', async () => {
  const dead = spawn(process.execPath, ['-e', '']);
  await once(dead, 'exit');
  await (await start()).stop();
  await writeFile(
    join(directory, 'redis/owner-7.json'),
    JSON.stringify({ pid: dead.pid, startedAt: '1' }),
  );
  const attempts = await Promise.allSettled(Array.from({ length: 8 }, () => start()));
  expect(attempts.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
});

test('ends with the process that started it, even if that is killed', async () => {
  const { owner, url } = await startOwner(packageDirectory, ['program', 'package']);
  await ask(url, (redis) => redis.set('kept', 'yes'));
  await endOwner(owner, 'SIGKILL');
  await expect.poll(() => answers(url)).toBe(false);
  const next = await start();
  expect(await ask(next.url, (connection) => connection.get('kept'))).toBe('yes');
});

test('ends a server that an earlier run left behind, and no other process', async () => {
  await (await start()).stop();
  const orphan = spawn('sleep', ['60']);
  const bystander = spawn('sleep', ['60']);
  const record = join(directory, 'redis/server.json');
  await writeFile(record, JSON.stringify({ pid: bystander.pid, startedAt: 'at another time' }));
  await (await start()).stop();
  await writeFile(record, JSON.stringify(await identifyProcess(Number(orphan.pid))));
  const ended = once(orphan, 'exit');
  await start();
  expect(await ended).toEqual([null, 'SIGTERM']);
  expect(bystander.exitCode).toBeNull();
  bystander.kill('SIGKILL');
});

test('says of every way why it failed', async () => {
  const attempt = start({ ways: ['container'], image: 'localhost/no-such-image' });
  await expect(attempt).rejects.toThrow(/No private Redis could be started\.\n {2}container: /);
});

test('fetches the package into the folder without installing it', async (context) => {
  if (process.platform !== 'linux' || !(await hasApt())) context.skip('not a Debian system');
  const repository = join(directory, 'repository');
  const APT_CONFIG = await makeLocalRepository(repository, packageDirectory);
  const packages = join(directory, 'packages');
  const { owner, url, said } = await startOwner(packages, ['package'], { APT_CONFIG });
  expect(said).toContain('Nothing is installed.');
  expect(said).toContain(join(packages, 'redis/usr/bin/'));
  expect(await ask(url, (connection) => connection.ping())).toBe('PONG');
  await endOwner(owner, 'SIGTERM');
});

/** A process that starts a private Redis and holds it. */
async function startOwner(
  packages: string,
  ways: NonNullable<PrivateRedisSettings['ways']>,
  environment: Readonly<Record<string, string>> = {},
) {
  const script = fileURLToPath(new URL('fixtures/own-redis.mjs', import.meta.url));
  const owner = spawn(process.execPath, [script, directory, packages, ...ways], {
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  for await (const line of createInterface({ input: owner.stdout })) {
    said += `${line}\n`;
    const [, url] = /^ready (\S+)$/.exec(line) ?? [];
    if (url !== undefined) return { owner, url, said };
  }
  throw new Error(`the owner ended before its Redis was ready:\n${said}`);
}

async function endOwner(owner: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  const closed = once(owner, 'close');
  owner.kill(signal);
  await closed;
}

async function answers(url: string): Promise<boolean> {
  return await ask(url, (redis) => redis.ping()).then(
    () => true,
    () => false,
  );
}

async function hasApt(): Promise<boolean> {
  const found = spawn('sh', ['-c', 'command -v apt-get && command -v dpkg-deb']);
  const [code] = (await once(found, 'exit')) as [number];
  return code === 0;
}

test('commands beside it find it while it runs, and only its own user can read where it is', async () => {
  expect(await runningRedisUrl(directory)).toBeUndefined();
  const redis = await start();
  expect(await runningRedisUrl(directory)).toBe(redis.url);
  expect((await stat(join(directory, 'redis/url'))).mode & 0o777).toBe(0o600);
  await redis.stop();
  expect(await runningRedisUrl(directory)).toBeUndefined();
});
