import type { CallStep, JobState, ToolCall } from '@pawl/contracts';
import { describe, expect, test } from 'vitest';
import { callWith, claimable, jobWith, runningStep } from '../../test/job.ts';
import { defaultRules } from '../domain/rules.ts';
import { claimCall } from './claim.ts';

const now = 50;
const place = { turn: 0, index: 0, since: 3 };
const ready = { status: 'ready', ...claimable, notBefore: now } as const;
const claim = (job: JobState, at: Partial<typeof place> = {}, when = now) =>
  claimCall(job, { ...place, ...at }, { now: when, rules: defaultRules });

function jobAt(step: CallStep, call: Partial<ToolCall> = {}, parts: Partial<JobState> = {}) {
  const other = callWith({ callId: 'call_b', step: { ...ready, since: 9 } });
  return jobWith({
    phase: { name: 'calls', calls: [callWith({ ...call, step }), other] },
    ...parts,
  });
}

const crashed = (crashes: number) => claim(jobAt({ ...runningStep, crashes }, { effect: 'reads' }));

describe('a wake-up is stale, and nothing is claimed,', () => {
  test.each([
    ['for another turn', jobAt(ready), { turn: 1 }],
    ['while the job is at its turn', jobWith(), {}],
    ['for a call that the turn does not have', jobAt(ready), { index: 2 }],
    ['for an older wait of the call', jobAt(ready), { since: 2 }],
    ['for another call’s step', jobAt(ready), { index: 1 }],
    ['for a call that is settled', jobAt({ status: 'settled', epoch: 4, outcome: 'failed' }), {}],
    [
      'for one that a person is asked about',
      jobAt({ ...runningStep, status: 'unknown', reason: '', at: 1 }),
      {},
    ],
  ] as const)('%s', (_name, job, at) => {
    expect(claim(job, at)).toMatchObject({ kind: 'nothing' });
  });
});

test('a call is claimed by the next commit, for as long as it may take, and told as started', () => {
  const claimed = claim(jobAt({ ...ready, attempts: 2, crashes: 0 }));
  expect(claimed).toMatchObject({
    kind: 'claimed',
    epoch: 6,
    transition: {
      after: {
        sequence: 6,
        turn: 0,
        claims: [{ turn: 0, index: 0, epoch: 6, until: now + defaultRules.toolTimeout }],
        phase: {
          name: 'calls',
          calls: [
            { step: { status: 'running', epoch: 6, startedAt: now, attempts: 2, crashes: 0 } },
            { step: { status: 'ready', since: 9 } },
          ],
        },
      },
      events: [
        { type: 'tool_call.started', turn: 0, index: 0, tool: 'gmail_send_message', attempt: 3 },
      ],
    },
  });
});

test('a call is not made before its time, and not after the job’s', () => {
  expect(claim(jobAt(ready), {}, now - 1)).toEqual({ kind: 'early', at: now });
  const late = claim(jobAt(ready, {}, { expiresAt: now }));
  expect(late).toMatchObject({
    kind: 'settled',
    transition: { after: { phase: { name: 'ended', ending: { status: 'expired' } } } },
  });
  expect(claim(jobAt(ready, {}, { expiresAt: now + 1 })).kind).toBe('claimed');
});

test('of a call that waits for an account the account is looked at first', () => {
  const blocked = { ...claimable, connection: 'slack', link: 'secret', blockedAt: 1, checkAt: 2 };
  const job = jobAt({ status: 'blocked', ...blocked });
  expect(claim(job)).toEqual({ kind: 'check_account', connection: 'slack' });
});

describe('a call whose worker never came back', () => {
  test.each([
    ['that reads', 'reads', 'ask'],
    ['that is idempotent', 'idempotent', 'ask'],
    ['that writes, under retry', 'writes', 'retry'],
  ] as const)('is made again as one more crash: %s', (_name, effect, onUnknownOutcome) => {
    const claimed = claim(jobAt(runningStep, { effect }, { onUnknownOutcome }));
    expect(claimed).toMatchObject({
      kind: 'claimed',
      epoch: 6,
      transition: {
        after: { phase: { calls: [{ step: { status: 'running', crashes: 1, attempts: 0 } }, {}] } },
        events: [{ type: 'tool_call.started', attempt: 2 }],
      },
    });
  });

  test('is asked about if it writes, and its claim is still one of the job’s', () => {
    const job = jobAt(runningStep);
    expect(claim(job)).toMatchObject({
      kind: 'settled',
      transition: {
        after: {
          claims: job.claims,
          phase: { calls: [{ step: { status: 'unknown', epoch: 4, at: now } }, {}] },
        },
        events: [{ type: 'tool_call.failed', turn: 0, index: 0, code: 'outcome_unknown' }],
        steps: [{ kind: 'outcome', turn: 0, index: 0, attempts: 1, startedAt: 10 }],
      },
    });
  });

  test('is told to the model as unknown, where the job says so', () => {
    const job = jobAt(runningStep, {}, { onUnknownOutcome: 'tell_model' });
    expect(claim(job)).toMatchObject({
      kind: 'settled',
      transition: {
        after: { phase: { calls: [{ step: { status: 'settled', outcome: 'unknown' } }, {}] } },
        steps: [{ answer: { failure: { code: 'outcome_unknown', retryable: false } } }],
      },
    });
  });

  test('is quarantined with the last crash that the rules allow', () => {
    expect(crashed(defaultRules.crashLimit - 2).kind).toBe('claimed');
    expect(crashed(defaultRules.crashLimit - 1)).toMatchObject({
      kind: 'settled',
      transition: {
        after: {
          phase: {
            name: 'ended',
            ending: { status: 'failed', failure: { code: 'step_set_aside', retryable: true } },
          },
        },
      },
    });
  });
});
