import { setImmediate as nextTurn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { testRedis } from '@pawl/testing';
import { expect, test } from 'vitest';
import { admission, newJob, startStore } from './harness.ts';

const { store } = await startStore(testRedis());

test('a wait ends after its time, whatever is collected meanwhile', async () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const job = newJob();
  await store.commit({ jobs: [admission(job)], at: 0 });
  const signal = new AbortController().signal;
  const wait = store.waitForChange(job.id, { until: () => false, timeout: 1_000, signal });
  for (let round = 0; round < 10; round += 1) {
    await nextTurn();
    collect();
  }
  await expect(wait).resolves.toBeUndefined();
});
