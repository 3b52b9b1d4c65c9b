import { Agent, get } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { createStore } from '@pawl/store';
import { type RunningService, spawnService, testRedis } from '@pawl/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';

/** The built programs always use the name space `pawl`: a database of its own keeps these tests apart. */
const database = 13;
const run = testRedis({ oneServer: true });
const redis = run.connect();
const store = createStore({ redis, subscriber: redis, shards: 1, retention: { jobs: { age: 0 } } });

beforeAll(async () => {
  await redis.select(database);
  await redis.flushdb();
  // However long the test takes, a worker was seen.
  await store.announceWorker('elsewhere', Date.now() + 600_000);
});
afterAll(() => redis.flushdb());

interface Backend {
  readonly service: RunningService;
  readonly port: number;
  /** When it was last asked whether it is ready, and said yes. */
  readyAt: number;
}

const services: RunningService[] = [];
afterAll(async () => {
  for (const service of services) service.kill('SIGKILL');
  await Promise.all(services.map((service) => service.exited));
});

async function startBackend(): Promise<Backend> {
  const service = await spawnService({
    entry: 'services/gateway/dist/main.js',
    env: {
      REDIS_URL: new URL(`/${database}`, run.url).href,
      SCALEKIT_ENVIRONMENT_URL: 'http://127.0.0.1:9',
      SCALEKIT_CLIENT_ID: 'nobody',
      SCALEKIT_CLIENT_SECRET: 'nothing',
      PORT: '0',
      GATEWAY_DRAIN_SECONDS: '3',
    },
    ready: /gateway is listening/,
  });
  services.push(service);
  const { port } = JSON.parse(service.readyLine) as { port: number };
  return { service, port, readyAt: -Infinity };
}

/** Milliseconds: a gateway that was not asked for so long is not led to. Far less than its drain. */
const freshness = 500;
const checkInterval = 100;

/** A load balancer: leads each request to the next gateway that is ready, and keeps connections open. */
function balance(backends: Backend[]) {
  const agent = new Agent({ keepAlive: true, maxSockets: 50 });
  let next = 0;
  const request = (port: number, path: string) =>
    new Promise<number>((resolve, reject) => {
      get({ agent, port, path, host: '127.0.0.1' }, (response) => {
        response.resume().once('end', () => resolve(response.statusCode ?? 0));
        response.once('error', reject);
      }).once('error', reject);
    });
  const stopped = new AbortController();
  const checking = (async () => {
    while (!stopped.signal.aborted) {
      await Promise.all(
        backends.map(async (backend) => {
          const askedAt = performance.now();
          const status = await request(backend.port, '/readyz').catch(() => 0);
          if (status === 200) backend.readyAt = askedAt;
        }),
      );
      await pause(checkInterval);
    }
  })();
  return {
    /** The status that a gateway answers; rejects as the connection does. */
    async send(path: string): Promise<number> {
      for (;;) {
        const backend = backends[(next += 1) % backends.length];
        if (backend !== undefined && performance.now() - backend.readyAt < freshness) {
          return request(backend.port, path);
        }
        await pause(1);
      }
    },
    async stop() {
      stopped.abort();
      await checking;
      agent.destroy();
    },
  };
}

test('gateways that are replaced one after the other refuse and reset no connection of clients that keep theirs', async () => {
  const [first, second, third, fourth] = await Promise.all([
    startBackend(),
    startBackend(),
    startBackend(),
    startBackend(),
  ]);
  const backends = [first, second];
  const balancer = balance(backends);
  const outcomes = new Map<string, number>();
  const over = new AbortController();
  const clients = Array.from({ length: 20 }, async () => {
    while (!over.signal.aborted) {
      const outcome = await balancer.send('/v1/jobs?limit=1').then(
        (status) => String(status),
        (error: NodeJS.ErrnoException) => error.code ?? error.message,
      );
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
      await pause(10);
    }
  });
  for (const [old, replacement] of [
    [first, third],
    [second, fourth],
  ] as const) {
    backends.push(replacement);
    old.service.kill('SIGTERM');
    expect(await old.service.exited).toEqual({ code: 0, signal: null });
    backends.splice(backends.indexOf(old), 1);
  }
  over.abort();
  await Promise.all(clients);
  await balancer.stop();
  expect([...outcomes.keys()]).toEqual(['200']);
});
