import { hostname } from 'node:os';
import {
  connectRedis,
  createLogger,
  exitOnEnvironmentError,
  followRedisTime,
  readEnvironment,
  redisUrl,
  whenRedisReady,
} from '@pawl/runtime';
import { createStore } from '@pawl/store';
import { z } from 'zod';

// Not the worker's own environment: a check that runs every few seconds must not load all of a worker.
const environment = exitOnEnvironmentError(() =>
  readEnvironment(
    z.object({
      REDIS_URL: redisUrl,
      METRICS_PORT: z.coerce.number().int().min(1).max(65_535).optional(),
    }),
    process.env,
  ),
);

/** Milliseconds. */
const patience = 5_000;

/** Asks the worker itself on its own port: another one of this machine cannot answer for it, nor one that hangs. */
async function askWorker(port: number): Promise<void> {
  const answer = await fetch(`http://127.0.0.1:${port}/readyz`, {
    signal: AbortSignal.timeout(patience),
  }).catch((error: unknown) => {
    throw new Error(`The worker does not answer on port ${port} (METRICS_PORT).`, { cause: error });
  });
  if (!answer.ok) throw new Error(await answer.text());
}

/** Without a port of its own: whether Redis has heard lately of any worker of this machine. */
async function askRedis(url: string): Promise<void> {
  const redis = connectRedis(url, 'producer');
  try {
    await whenRedisReady(redis, 3_000);
    const store = createStore({
      redis,
      subscriber: redis,
      shards: 1,
      retention: { jobs: { age: 0 } },
    });
    // As the worker announces itself.
    await followRedisTime(redis, { logger: createLogger({ name: 'health', level: 'fatal' }) });
    if (!(await store.hasWorkerOn(hostname(), Date.now()))) {
      throw new Error('The worker of this machine has not been heard of for 15 s.');
    }
  } finally {
    redis.disconnect();
  }
}

try {
  const { METRICS_PORT: port, REDIS_URL: url } = environment;
  if (port === undefined) await askRedis(url);
  else await askWorker(port);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : 'Redis did not answer.'}\n`);
  process.exitCode = 1;
}
