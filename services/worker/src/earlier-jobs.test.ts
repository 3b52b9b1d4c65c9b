import type { JobState } from '@pawl/contracts';
import { expect, test } from 'vitest';
import { createEarlierJobs } from './earlier-jobs.ts';

type Store = Parameters<ReturnType<typeof createEarlierJobs>['readBefore']>[0];

const settings = { historyCharacters: 1_000_000, resultCharacters: 1_000 };
const job = { id: 'job_0_new', conversation: 'conv_0_a', model: 0 } as unknown as JobState;
const running = { ...job, startedAt: 1 };

/** Conversations of jobs without steps, whose prompts are their ids. Tells which jobs were read. */
function storeOf(started: readonly string[]) {
  const asked: string[] = [];
  const store = {
    async startedJobs(_conversation: string, piece: { job: string | undefined; limit: number }) {
      const end = piece.job === undefined ? started.length : started.indexOf(piece.job);
      return started.slice(Math.max(0, end - piece.limit), end);
    },
    async readHistory(id: string) {
      asked.push(id);
      const state = { id, phase: { name: 'ended', ending: { status: 'completed' } } };
      return { history: { job: state, prompt: id, steps: [] }, version: '4 a' };
    },
    readVersion: async () => '4 a',
  } as unknown as Store;
  return { store, asked };
}

const prompts = (earlier: readonly { history: { prompt: string } }[]) =>
  earlier.map(({ history }) => history.prompt);
const charactersOfOne = JSON.stringify([{ role: 'user', content: 'job_0_69' }]).length;
const jobs = Array.from({ length: 70 }, (_, number) => `job_0_${number}`);

test('all jobs before the first turn of one are read, though a late read finds the job among them', async () => {
  const { store } = storeOf([...jobs, job.id]);
  expect(prompts(await createEarlierJobs(settings).readBefore(store, job))).toEqual(jobs);
});

test('jobs that have started after one are not before it', async () => {
  const { store } = storeOf([...jobs, job.id, 'job_0_later']);
  expect(prompts(await createEarlierJobs(settings).readBefore(store, running))).toEqual(jobs);
});

test('of a long conversation the newest jobs are read, as many as fit, and few of the others', async () => {
  const { store, asked } = storeOf([...jobs, job.id]);
  const earlier = createEarlierJobs({ ...settings, historyCharacters: 10.5 * charactersOfOne });
  expect(prompts(await earlier.readBefore(store, running))).toEqual(jobs.slice(-10));
  expect(asked).toHaveLength(16);
});

test('no more jobs are kept than their characters allow: another one is read again', async () => {
  const { store, asked } = storeOf(['job_0_60', 'job_0_61', job.id]);
  const earlier = createEarlierJobs(settings, { jobs: 10, characters: 1.5 * charactersOfOne });
  for (const _ of [1, 2]) await earlier.readBefore(store, running);
  expect(asked).toEqual(['job_0_60', 'job_0_61', 'job_0_60']);
});
