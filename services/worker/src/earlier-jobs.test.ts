import type { JobState } from '@pawl/contracts';
import { expect, test } from 'vitest';
import { createEarlierJobs } from './earlier-jobs.ts';

type Store = Parameters<ReturnType<typeof createEarlierJobs>['readBefore']>[0];

const settings = { historyCharacters: 1_000_000, resultCharacters: 1_000 };
const job = { id: 'job_0_new', conversation: 'conv_0_a', model: 0 } as unknown as JobState;
const running = { ...job, startedAt: 1 };

/** Conversations of jobs without steps, whose prompts are their ids. Tells which jobs were read. */
function storeOf(started: readonly string[], steps: readonly object[] = []) {
  const asked: string[] = [];
  const store = {
    async startedJobs(_conversation: string, piece: { job: string | undefined; limit: number }) {
      const end = piece.job === undefined ? started.length : started.indexOf(piece.job);
      return started.slice(Math.max(0, end - piece.limit), end);
    },
    async readJobHistory(id: string) {
      asked.push(id);
      const state = { id, phase: { name: 'ended', ending: { status: 'completed' } } };
      return { history: { job: state, prompt: id, steps }, version: '4 a' };
    },
    readVersion: async () => '4 a',
  } as unknown as Store;
  return { store, asked };
}

const prompts = (earlier: readonly { history: { prompt: string } }[]) =>
  earlier.map(({ history }) => history.prompt);
const charactersOfOne = JSON.stringify([{ role: 'user', content: 'job_0_69' }]).length;
const late = { kind: 'late_outcome', answer: { output: 'x'.repeat(1_000) } };
const decision = { kind: 'decision' };
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
  const [{ history } = {}] = await createEarlierJobs(settings).readBefore(store, running);
  asked.length = 0;
  const characters = Math.round(1.5 * JSON.stringify(history).length);
  const earlier = createEarlierJobs(settings, { jobs: 10, characters, age: 60_000 });
  for (const _ of [1, 2]) await earlier.readBefore(store, running);
  expect(asked).toEqual(['job_0_60', 'job_0_61', 'job_0_60']);
});

test('what a model is not given of a job is not kept', async () => {
  const { store } = storeOf(['job_0_60', job.id], [late, decision]);
  const [{ history } = {}] = await createEarlierJobs(settings).readBefore(store, running);
  expect(history).toMatchObject({ prompt: 'job_0_60', steps: [] });
});

test('a job that changed while it was read is given, and not kept', async () => {
  const { store, asked } = storeOf(['job_0_60', job.id]);
  const readJobHistory: Store['readJobHistory'] = async (id) => {
    const read = await store.readJobHistory(id);
    return read && { ...read, version: undefined };
  };
  const earlier = createEarlierJobs(settings);
  for (const _ of [1, 2]) {
    expect(await earlier.readBefore({ ...store, readJobHistory }, running)).toHaveLength(1);
  }
  expect(asked).toEqual(['job_0_60', 'job_0_60']);
});

test('a job is kept for a while only', async () => {
  const { store, asked } = storeOf(['job_0_60', job.id]);
  const earlier = createEarlierJobs(settings, { jobs: 10, characters: 10_000, age: 1 });
  await earlier.readBefore(store, running);
  await expect
    .poll(async () => {
      await earlier.readBefore(store, running);
      return asked.length;
    })
    .toBeGreaterThan(1);
});
