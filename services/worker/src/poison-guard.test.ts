import { EventEmitter, once } from 'node:events';
import type { JobState, TurnTask } from '@pawl/contracts';
import { defaultRules, type GuardedState } from '@pawl/engine';
import type { Handled } from '@pawl/queue';
import { expect, test } from 'vitest';
import { createPoisonGuard } from './poison-guard.ts';

/** Something that the test lets happen when it wants to. */
function createGate() {
  const source = new EventEmitter();
  return { opened: once(source, 'open'), open: () => source.emit('open') };
}

const done: Handled = { kind: 'done' };

/** Two of three deliveries are lost for jobs whose id says so. */
function jobOf(id: string): JobState {
  const crashes = id.includes('last') ? defaultRules.crashLimit - 1 : 0;
  return {
    id,
    tenant: 'default',
    user: 'user',
    conversation: 'conv_0_a',
    sequence: 5,
    createdAt: 0,
    expiresAt: 1_000_000,
    priority: 0,
    limits: { turns: 8, tool_calls: 64, deadline_seconds: 1_000 },
    onUnknownOutcome: 'ask',
    usage: { modelCalls: 1, toolCalls: 2, inputTokens: 0, outputTokens: 0, costUsd: 0 },
    turn: 0,
    model: 0,
    claims: [],
    phase: {
      name: 'turn',
      step: { status: 'ready', since: 5, epoch: 4, attempts: 0, crashes, notBefore: 0 },
    },
  };
}

const taskOf = (job: string): TurnTask => ({ kind: 'turn', job, since: 5 });

const lastDeliveries = () =>
  createPoisonGuard({
    store: { readJob: async (id) => jobOf(id), recallJob: () => undefined },
    rules: defaultRules,
    now: () => 1_000,
    random: () => 0.5,
  });

const failing = () => Promise.reject(new Error('not now'));

test('a step one crash from the limit beside another one gives its slot back, and is tried again soon', async () => {
  const run = lastDeliveries();
  const { opened, open } = createGate();
  const first = run(taskOf('job_0_last_a'), () => opened.then(() => done));
  expect(await run(taskOf('job_0_last_b'), failing)).toEqual({ kind: 'later', at: 2_000 });
  open();
  expect(await first).toEqual(done);
  expect(await run(taskOf('job_0_last_b'), async () => done)).toEqual(done);
});

test('others run beside a step one crash from the limit, with the state that was read', async () => {
  const run = lastDeliveries();
  const { opened, open } = createGate();
  const first = run(taskOf('job_0_last'), () => opened.then(() => done));
  const known: (JobState | undefined)[] = [];
  const fresh = async (guarded: GuardedState) => {
    known.push(guarded.known);
    return done;
  };
  expect(await run(taskOf('job_0_fresh'), fresh)).toEqual(done);
  expect(known).toEqual([jobOf('job_0_fresh')]);
  open();
  await first;
});

test('a step one crash from the limit that fails makes room for the next', async () => {
  const run = lastDeliveries();
  const first = run(taskOf('job_0_last_a'), failing);
  await expect(first).rejects.toThrow('not now');
  expect(await run(taskOf('job_0_last_b'), async () => done)).toEqual(done);
});

test('a step that is found one crash from the limit behind what was remembered of it is put off', async () => {
  const run = createPoisonGuard({
    store: { readJob: async (id) => jobOf(id), recallJob: () => jobOf('job_0_fresh') },
    rules: defaultRules,
    now: () => 1_000,
    random: () => 0.5,
  });
  const found: unknown[] = [];
  await run(taskOf('job_0_last'), async ({ known, putOff }) => {
    found.push(known?.id, putOff(jobOf('job_0_fresh')), putOff(jobOf('job_0_last')));
    return done;
  });
  expect(found).toEqual(['job_0_fresh', undefined, { kind: 'early', at: 2_000 }]);
});
