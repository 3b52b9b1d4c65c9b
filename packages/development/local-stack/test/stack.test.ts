import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  runningStack,
  startLocalStack,
  type LocalStack,
  type LocalStackSettings,
} from '../src/index.ts';

const repositoryRoot = fileURLToPath(new URL('../../../..', import.meta.url));

let directory: string;
let started: LocalStack[];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'pawl-stack-'));
  started = [];
});
afterEach(async () => {
  await Promise.all(started.map((stack) => stack.stop()));
  await rm(directory, { recursive: true });
});

async function start(
  environment: Record<string, string> = {},
  settings: Partial<LocalStackSettings> = {},
): Promise<LocalStack> {
  const { PATH = '', HOME = '' } = process.env;
  const stack = await startLocalStack({
    repositoryRoot,
    directory,
    environment: { PATH, HOME, NODE_ENV: 'test', ...environment },
    logs: 'files',
    say: () => undefined,
    signal: new AbortController().signal,
    ...settings,
  });
  started.push(stack);
  return stack;
}

/** What the gateway says of itself, or why it says nothing. */
async function readiness(stack: LocalStack): Promise<string> {
  return await fetch(`${stack.gatewayUrl}/readyz`).then(
    async (response) => (response.ok ? 'ready' : await response.text()),
    () => 'no answer',
  );
}

async function expectReady(stack: LocalStack): Promise<void> {
  await expect.poll(() => readiness(stack)).toBe('ready');
}

test('runs gateway and worker with nothing configured, and ends with nothing left', async () => {
  const stack = await start();
  expect(stack.plan).toEqual({ privateRedis: true, sandboxTools: true, sandboxModel: true });
  await expectReady(stack);
  expect(await runningStack(directory)).toEqual({
    gatewayUrl: stack.gatewayUrl,
    plan: stack.plan,
    sandboxUrl: stack.sandbox?.url,
  });
  await stack.stop();
  expect(await runningStack(directory)).toBeUndefined();
  expect(await readiness(stack)).toBe('no answer');
  const left = stack.sandbox === undefined ? undefined : fetch(stack.sandbox.url);
  await expect(left).rejects.toThrow('fetch failed');
  expect(await stack.failed).toMatch(/^The \w+ ended with code 0\./);
});

test('tells which part ended by itself, with the end of its log', async () => {
  const stack = await start();
  const log = await readFile(join(directory, 'logs/gateway.log'), 'utf8');
  const { pid } = JSON.parse(log.split('\n')[0] ?? '') as { pid: number };
  process.kill(pid, 'SIGKILL');
  expect(await stack.failed).toMatch(
    /^The gateway ended with SIGKILL\.\nThe end of .*gateway\.log:\n.*gateway is listening/s,
  );
});

test('names every problem of the environment at once, the services’ own too', async () => {
  const starting = start({
    SCALEKIT_CLIENT_ID: 'x',
    PORT: 'abc',
    LOG_LEVEL: 'foo',
    WORKER_CONCURRENCY: 'many',
  });
  const error = await starting.catch((thrown: unknown) => thrown);
  expect((error as Error).message.match(/^ {2}[A-Z_]+ is/gm)).toEqual([
    '  SCALEKIT_ENVIRONMENT_URL is',
    '  SCALEKIT_CLIENT_SECRET is',
    '  PORT is',
    '  LOG_LEVEL is',
    '  WORKER_CONCURRENCY is',
  ]);
});

test('names what only the services refuse, once for both', async () => {
  await expect(start({ LOG_LEVEL: 'foo', WORKER_CONCURRENCY: 'many' })).rejects.toThrow(
    /^The environment has 2 problems:\n {2}LOG_LEVEL .*\n {2}WORKER_CONCURRENCY /,
  );
});

test('refuses a port that is asked for and taken', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const { port } = other.address() as AddressInfo;
  await expect(start({ PORT: String(port) })).rejects.toThrow(`Port ${port} (from PORT) is taken.`);
  other.close();
});

test('stops what it had started when a part refuses to start', async () => {
  await (await start()).stop();
  // The number of shards is fixed at the first start.
  await expect(start({ PAWL_SHARDS: '2' })).rejects.toThrow(
    /^The (gateway|worker) ended with code 1\.\nThe end of .*\.log:\n {2}[^{]/,
  );
  // The directory is free again only once its Redis has ended.
  await expectReady(await start());
});

test('gives up when it is told to, leaving nothing behind', async () => {
  const signal = AbortSignal.abort(new Error('Stopped by SIGINT.'));
  await expect(start({}, { signal })).rejects.toThrow('Stopped by SIGINT.');
  await expectReady(await start());
});
