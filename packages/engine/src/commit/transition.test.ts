import type { JobState } from '@pawl/contracts';
import { expect, test } from 'vitest';
import type { Commit } from '../domain/commit.ts';
import { defaultRules } from '../domain/rules.ts';
import { claimTurn } from '../turn/claim.ts';
import type { Engine } from './engine.ts';
import { applyTransition } from './transition.ts';

const job: JobState = {
  id: 'job_0_a',
  tenant: 'default',
  user: 'user',
  conversation: 'conv_0_a',
  sequence: 1,
  createdAt: 0,
  expiresAt: 90_000,
  priority: 0,
  limits: { turns: 8, tool_calls: 64, deadline_seconds: 89 },
  onUnknownOutcome: 'ask',
  usage: { modelCalls: 0, toolCalls: 0, inputTokens: 0, outputTokens: 0, costUsd: 0 },
  turn: 0,
  model: 0,
  claims: [],
  phase: {
    name: 'turn',
    step: { status: 'ready', since: 1, epoch: 0, attempts: 0, crashes: 0, notBefore: 0 },
  },
};

test('a claim is committed before it is answered', async () => {
  const commits: Commit[] = [];
  const engine = {
    store: {
      readJob: async () => job,
      recallJob: () => undefined,
      async commit(commit: Commit) {
        commits.push(commit);
        return { kind: 'written' };
      },
    },
    queue: { wake: async () => ({ parked: [] }) },
    rules: defaultRules,
    now: () => 1_000,
    onLostWake: (error: unknown) => {
      throw error;
    },
  } as unknown as Engine;
  const claim = await applyTransition(engine, job.id, (state) =>
    claimTurn(state, { since: 1 }, { now: 1_000, rules: defaultRules }),
  );
  expect(claim.kind).toBe('claimed');
  expect(commits.map(({ jobs }) => jobs[0]?.after.phase)).toEqual([
    expect.objectContaining({ step: expect.objectContaining({ status: 'running', epoch: 2 }) }),
  ]);
});
