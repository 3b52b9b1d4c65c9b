import { expect, test } from 'vitest';
import { jobWith, runningStep } from '../../test/job.ts';
import type { Commit } from '../domain/commit.ts';
import { defaultRules } from '../domain/rules.ts';
import type { Share, TaskChanges } from '../domain/task.ts';
import { freshStep } from '../job/steps.ts';
import { parkTurn } from '../tenant/places.ts';
import { commitAndWake } from './commit-and-wake.ts';
import type { Engine } from './engine.ts';
import { end } from './next-state.ts';

const context = { now: 100, random: 0, rules: defaultRules };

test('a job of another shard that starts in the place of one that ended is not the end of its task', async () => {
  const job = jobWith({ startedAt: 1, phase: { name: 'turn', step: runningStep } });
  const waiting = jobWith({
    id: 'job_1_b',
    user: 'another',
    phase: { name: 'turn', step: freshStep(1, 0) },
  });
  if (waiting.phase.name !== 'turn') throw new Error(waiting.phase.name);
  const parked = parkTurn({ ...waiting, phase: waiting.phase }, { scope: 'tenant' }, context).after;
  const commits: { readonly jobs: string[]; readonly ending: Share | undefined }[] = [];
  const share: Share = { task: { kind: 'turn', job: job.id, since: 1 }, isHeld: true };
  const nobody = { queued: 0, inProgress: 0, lastMinute: 0 };
  const engine = {
    store: {
      async commit({ jobs }: Commit, { ending }: TaskChanges) {
        commits.push({ jobs: jobs.map(({ after }) => after.id), ending });
        return { kind: 'written' };
      },
      parkedJobs: async () => [parked.id],
      readLimits: async () => ({
        operator: { tenant: {}, user: {} },
        own: { tenant: {}, user: {} },
      }),
      readJobCounts: async () => ({ tenant: nobody, user: nobody, elsewhere: nobody }),
      readJob: async () => parked,
    },
    queue: { wake: async () => ({ parked: [] }) },
    ...context,
    now: () => context.now,
    random: () => 0,
    onLostWake: (error: unknown) => {
      throw error;
    },
    share,
  } as unknown as Engine;
  const ended = end(job, { status: 'cancelled', by: 'api' }, 100);
  expect(await commitAndWake(engine, { jobs: [ended], at: 100 })).toBe(true);
  expect(commits).toEqual([
    { jobs: [job.id], ending: { ...share, isHeld: true } },
    { jobs: [parked.id], ending: undefined },
  ]);
});
