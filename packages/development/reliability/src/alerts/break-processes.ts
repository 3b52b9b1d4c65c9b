import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { createKeys } from '@pawl/store';
import { waitFor } from '@pawl/testing/wait-for';
import type { Place } from './place.ts';
import type { Trial } from './trial.ts';

const megabyte = 1_048_576;

/** Redis, gateways and workers are stopped, killed, or have too little of something. */
export const processTrials: readonly Trial[] = [
  {
    alert: 'PawlRedisUnreachable',
    broken: 'Redis is killed',
    async breakIt({ redis }) {
      redis.signal('SIGKILL');
      return () => redis.restart();
    },
  },
  {
    alert: 'PawlRedisUnreachable',
    broken: 'Redis stands still (SIGSTOP)',
    async breakIt({ redis }) {
      redis.signal('SIGSTOP');
      return async () => redis.signal('SIGCONT');
    },
  },
  {
    alert: 'PawlNoGateway',
    broken: 'the gateway is killed',
    async breakIt(place) {
      await place.kill('gateway');
      return () => place.start('gateway');
    },
  },
  {
    alert: 'PawlNoWorker',
    broken: 'the worker is killed',
    async breakIt(place) {
      await place.kill('worker');
      return () => place.start('worker');
    },
  },
  {
    alert: 'PawlQueueOld',
    broken: 'a worker with one slot, and a model that does not answer',
    async breakIt(place) {
      await place.start('worker', { WORKER_CONCURRENCY: '1', WORKER_RESERVE: '0' });
      const release = await hangModel(place, 1);
      await place.post([{ text: 'Hello.' }]);
      return async () => {
        release();
        await place.start('worker');
      };
    },
  },
  {
    alert: 'PawlSweepOverdue',
    broken: 'no worker, and a job whose deadline passes',
    async breakIt(place) {
      await place.kill('worker');
      await place.post([{ text: 'Hello.' }], { limits: { deadline_seconds: 1 } });
      return () => place.start('worker');
    },
  },
  {
    alert: 'PawlArchiveAway',
    broken: 'a file stands where the directory of the archive should be',
    async breakIt(place) {
      const obstacle = join(place.directory, 'archive');
      await writeFile(obstacle, '');
      await place.start('worker', {
        ARCHIVE_URL: pathToFileURL(join(obstacle, 'jobs')).href,
        JOB_RETENTION_COUNT: '1',
      });
      for (let count = 0; count < 5; count += 1) await place.post([{ text: 'Hello.' }]);
      return () => rm(obstacle);
    },
  },
  {
    alert: 'PawlRedisMemory',
    broken: 'nine tenths of maxmemory are filled',
    async breakIt({ redis }) {
      const used = Number(/^used_memory:(\d+)/m.exec(await redis.redis.info('memory'))?.[1]);
      const limit = Math.round((used + 64 * megabyte) / 0.9);
      await redis.redis.set('filling', Buffer.alloc(64 * megabyte));
      await redis.redis.config('SET', 'maxmemory', String(limit));
      return async () => {
        await redis.redis.del('filling');
      };
    },
  },
  {
    alert: 'PawlClaimsLost',
    broken: 'the worker is killed while eight model calls are under way',
    async breakIt(place) {
      const release = await hangModel(place, 8);
      await place.kill('worker');
      release();
      await place.start('worker');
      return async () => undefined;
    },
  },
  {
    alert: 'PawlStepQuarantined',
    broken: 'the worker is killed each time that it starts one step',
    async breakIt(place) {
      const { control } = place.sandbox;
      const fault = control.addFault({
        match: { operation: 'model', promptIncludes: 'deadly' },
        times: 'always',
        effect: { kind: 'hang' },
      });
      const job = await place.post([{ text: 'deadly' }]);
      while ((await dyingOrFailed(place, job)) === 'dying') await place.start('worker');
      control.clearFaults(fault);
      return async () => undefined;
    },
  },
  {
    alert: 'PawlRecordQuarantined',
    broken: 'somebody else has written into the record of a job under way',
    async breakIt(place) {
      const release = await hangModel(place, 1);
      const { redis } = place.redis;
      const keys = createKeys('pawl');
      const [job = ''] = await redis.zrange(keys.runnable(0), '0', '0');
      await redis.hset(keys.job(job), 'state', 'nothing that can be read');
      release();
      // As docs/operations.md says.
      return async () => {
        await redis.zrem(keys.quarantine(0), job);
      };
    },
  },
];

/** Jobs whose model does not answer, so many: resolves when they are asked for. Returns what lets it answer. */
async function hangModel(place: Place, count: number): Promise<() => void> {
  const { control } = place.sandbox;
  const fault = control.addFault({
    match: { operation: 'model' },
    times: count,
    effect: { kind: 'hang' },
  });
  for (let posted = 0; posted < count; posted += 1) await place.post([{ text: 'Hello.' }]);
  await waitFor(() => control.held().length === count, { what: 'the calls to be under way' });
  return () => {
    control.clearFaults(fault);
    control.release();
  };
}

/** Whether the worker has started the step again, and is killed for it. */
async function dyingOrFailed(place: Place, job: string): Promise<'dying' | 'failed'> {
  await waitFor(
    async () =>
      place.sandbox.control.held().length > 0 || (await place.jobStatus(job)) === 'failed',
    { what: 'the step to be started or given up' },
  );
  if ((await place.jobStatus(job)) === 'failed') return 'failed';
  await place.kill('worker');
  await waitFor(() => place.sandbox.control.held().length === 0);
  return 'dying';
}
