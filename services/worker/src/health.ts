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
const { REDIS_URL: url } = exitOnEnvironmentError(() =>
  readEnvironment(z.object({ REDIS_URL: redisUrl }), process.env),
);
const redis = connectRedis(url, 'producer');
try {
  await whenRedisReady(redis, 3_000);
  const store = createStore({ redis, subscriber: redis, shards: 1, retention: 0 });
  // As the worker announces itself.
  await followRedisTime(redis, { logger: createLogger({ name: 'health', level: 'fatal' }) });
  if (!(await store.hasWorkerOn(hostname(), Date.now()))) {
    throw new Error('The worker of this machine has not been heard of for 15 s.');
  }
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : 'Redis did not answer.'}\n`);
  process.exitCode = 1;
} finally {
  redis.disconnect();
}
