import type { JobState, TurnStep } from '@pawl/contracts';
import { describe, expect, test } from 'vitest';
import { callWith, claimable, endedFrom, jobWith, runningStep } from '../../test/job.ts';
import { defaultRules } from '../domain/rules.ts';
import { claimTurn, releaseTurn, stopTurn } from './claim.ts';
import { failTurn } from './fail.ts';
import { pauseTurn } from './provider-pause.ts';
import { recordReply } from './record-reply.ts';

const now = 50;
const ready = { status: 'ready', ...claimable, notBefore: now } as const;
const jobAt = (step: TurnStep, parts: Partial<JobState> = {}) =>
  jobWith({ phase: { name: 'turn', step }, ...parts });
const claim = (job: JobState, { since = 3, at = now } = {}) =>
  claimTurn(job, { since }, { now: at, rules: defaultRules });

const crashed = (crashes: number) => claim(jobAt({ ...runningStep, crashes }));

describe('a turn', () => {
  test('is claimed by the next commit, and told as started', () => {
    const job = jobAt({ ...ready, attempts: 1, crashes: 1, pauses: 1 });
    expect(claim(job)).toMatchObject({
      kind: 'claimed',
      epoch: 6,
      transition: {
        after: {
          sequence: 6,
          startedAt: 1,
          phase: { step: { status: 'running', epoch: 6, attempts: 1, crashes: 1, startedAt: now } },
        },
        events: [{ type: 'turn.started', turn: 0, attempt: 4 }],
      },
    });
  });

  test('that is a job’s first starts the job', () => {
    const { startedAt: _, ...queued } = jobAt(ready);
    expect(claim(queued)).toMatchObject({
      kind: 'claimed',
      transition: {
        after: { startedAt: now },
        events: [{ type: 'job.started' }, { type: 'turn.started', attempt: 1 }],
      },
    });
    expect(claim(jobAt(ready))).toMatchObject({
      transition: { events: [{ type: 'turn.started' }] },
    });
  });

  test('whose worker never came back is claimed again as one more crash, until it is quarantined', () => {
    expect(crashed(0)).toMatchObject({
      kind: 'claimed',
      epoch: 6,
      transition: { after: { phase: { step: { crashes: 1 } } }, events: [{ attempt: 2 }] },
    });
    expect(crashed(defaultRules.crashLimit - 2).kind).toBe('claimed');
    expect(crashed(defaultRules.crashLimit - 1)).toMatchObject({
      kind: 'ended',
      transition: {
        after: { phase: { ending: { status: 'failed', failure: { code: 'step_set_aside' } } } },
      },
    });
  });

  test('is not taken before its time, and not after the job’s', () => {
    expect(claim(jobAt(ready), { at: now - 1 })).toEqual({ kind: 'early', at: now });
    expect(claim(jobAt(ready, { expiresAt: now }))).toMatchObject({
      kind: 'ended',
      transition: { after: { phase: { at: now, ending: { status: 'expired' } } } },
    });
    expect(claim(jobAt(ready, { expiresAt: now + 1 })).kind).toBe('claimed');
  });

  test('is not taken once a limit of its job is reached', () => {
    const limits = { turns: 1, tool_calls: 64, deadline_seconds: 1_000 };
    expect(claim(jobAt(ready, { limits }))).toMatchObject({
      kind: 'ended',
      transition: { after: { phase: { ending: { status: 'incomplete', stopReason: 'turns' } } } },
    });
  });

  test('that waits for an account has it looked at first', () => {
    const blocked = { ...claimable, connection: 'slack', link: 'secret', blockedAt: 1, checkAt: 2 };
    expect(claim(jobAt({ status: 'blocked', ...blocked }))).toEqual({
      kind: 'check_account',
      connection: 'slack',
    });
  });

  test('is nobody’s for a wake-up that is stale', () => {
    expect(claim(jobAt(ready), { since: 2 }).kind).toBe('nothing');
    const calls = jobWith({ phase: { name: 'calls', calls: [callWith()] } });
    expect(claim(calls).kind).toBe('nothing');
    expect(claim(jobAt({ ...ready, since: 9 }, { expiresAt: now })).kind).toBe('nothing');
  });
});

test('a job with a later start joins its line when the time has come', () => {
  const job = jobWith({ phase: { name: 'scheduled', since: 3, startAt: now } });
  expect(claim(job)).toEqual({ kind: 'due' });
  expect(claim(job, { at: now - 1 })).toEqual({ kind: 'early', at: now });
  expect(claim(job, { since: 4 }).kind).toBe('nothing');
});

test('a claim that is given back leaves the turn ready at once, as often tried as before', () => {
  const job = jobAt({ ...runningStep, attempts: 2, crashes: 1 });
  expect(releaseTurn(job, { epoch: 4 }, { now })).toMatchObject({
    kind: 'commit',
    transition: {
      after: {
        phase: { step: { status: 'ready', since: 6, notBefore: now, attempts: 2, crashes: 1 } },
      },
    },
  });
});

test('a budget that is used up ends the job before its model is asked', () => {
  expect(stopTurn(jobAt(runningStep), { epoch: 4 }, { now })).toMatchObject({
    transition: {
      after: { phase: { at: now, ending: { status: 'incomplete', stopReason: 'budget' } } },
    },
  });
});

const failure = { code: 'model_unavailable', message: 'It failed.', retryable: true };
const reply = {
  message: { role: 'assistant', content: 'Done.' },
  finishReason: 'stop',
  model: 'model',
  inputTokens: 1,
  outputTokens: 1,
  costUsd: 0,
};
const rules = defaultRules;

// Invariant 2: whatever the claimant wants committed, only the newest one commits.
describe.each([
  ['a release', (job: JobState, epoch: number) => releaseTurn(job, { epoch }, { now })],
  ['a stop', (job: JobState, epoch: number) => stopTurn(job, { epoch }, { now })],
  [
    'a reply',
    (job: JobState, epoch: number) =>
      recordReply(job, { epoch, reply, prepared: [], toolsLoaded: 0 }, { now }),
  ],
  [
    'a failure',
    (job: JobState, epoch: number) => {
      const failed = { kind: 'transient', failure } as const;
      return failTurn(
        job,
        { epoch, failure: failed, cause: 'model', models: 1 },
        { now, random: 0, rules },
      );
    },
  ],
  [
    'a pause',
    (job: JobState, epoch: number) =>
      pauseTurn(job, { epoch, until: 90, nextModel: undefined }, { now, random: 0, rules }),
  ],
])('%s', (_name, decide) => {
  const running = jobAt(runningStep);

  test('of the newest claim is committed', () => {
    expect(decide(running, 4)).toMatchObject({
      kind: 'commit',
      transition: { before: running, after: { sequence: 6 } },
    });
  });

  test.each([
    ['of an older claim', running, 3],
    ['of a turn that is ready again', jobAt(ready), 4],
    ['of a job at its calls', jobWith({ phase: { name: 'calls', calls: [callWith()] } }), 4],
    [
      'of a job that has ended',
      endedFrom({ name: 'turn', step: runningStep }, { status: 'expired' }),
      4,
    ],
  ])('%s is nothing', (_case, job, epoch) => {
    expect(decide(job, epoch).kind).toBe('nothing');
  });
});
