import type { JobState } from '@pawl/contracts';
import { expect, test } from 'vitest';
import { readHistory } from './read-ahead.ts';

test('all jobs before the first turn of one are read, though a late read finds the job among them', async () => {
  const earlier = Array.from({ length: 20 }, (_, number) => `job_0_${number}`);
  const id = 'job_0_new';
  const started = [...earlier, id];
  const asked: string[] = [];
  const store = {
    async startedJobs(_conversation: string, piece: { job: string | undefined; limit: number }) {
      const end = piece.job === undefined ? started.length : started.indexOf(piece.job);
      return started.slice(Math.max(0, end - piece.limit), end);
    },
    async readHistory(job: string) {
      asked.push(job);
      return undefined;
    },
  };
  const settings = { historyCharacters: 1_000, resultCharacters: 1_000 };
  const worker = { engine: { store }, settings } as unknown as Parameters<typeof readHistory>[0];
  const job = { id, conversation: 'conv_0_a', model: 0 } as unknown as JobState;
  expect(await readHistory(worker, job)).toEqual({ earlier: [], steps: [] });
  expect(asked.toSorted()).toEqual(earlier.toSorted());
});
