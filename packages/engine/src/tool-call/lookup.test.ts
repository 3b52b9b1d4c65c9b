import type { CallStep, JobState, Lookup, ToolCall } from '@pawl/contracts';
import { describe, expect, test } from 'vitest';
import { callWith, claimable, endedFrom, jobWith, runningStep } from '../../test/job.ts';
import { defaultRules } from '../domain/rules.ts';
import { asksPerson, requiredActionOf, statusOf } from '../job/status.ts';
import { cancel, reopen } from '../job/transitions.ts';
import { needlessTasks, sweepTime, wakesOf } from '../job/wakes.ts';
import { claimCall } from './claim.ts';
import { type LookupVerdict, recordLookup } from './lookup.ts';
import { recordOutcome } from './record-outcome.ts';

const rules = { ...defaultRules, backOffBase: 1_000 };
const context = (now: number) => ({ now, random: 0, rules });
const lookup: Lookup = { since: 5, after: 10, notBefore: 100, attempts: 1 };
const check = { wait: 90 };

function jobAt(step: CallStep, parts: Partial<JobState> = {}, call: Partial<ToolCall> = {}) {
  return jobWith({
    phase: { name: 'calls', calls: [callWith({ check, step, ...call })] },
    ...parts,
  });
}

const looking = (parts: Partial<Lookup> = {}): CallStep => ({
  status: 'unknown',
  ...claimable,
  reason: 'it was lost.',
  at: 10,
  lookup: { ...lookup, ...parts },
});

const report = (job: JobState, verdict: LookupVerdict, now = 200, since = 5) =>
  recordLookup(job, { turn: 0, index: 0, since, verdict }, context(now));

function recorded(job: JobState, verdict: LookupVerdict, now = 200) {
  const decision = report(job, verdict, now);
  if (decision.kind !== 'commit') throw new Error(`not committed: ${decision.reason}`);
  const { after, steps, events } = decision.transition;
  const step = after.phase.name === 'calls' ? after.phase.calls[0]?.step : undefined;
  return { after, steps, events, step };
}

const absent = { kind: 'absent', lookedFor: 'list showed 3 entries', lookedAt: 150 } as const;

describe('a call whose outcome nobody knows', () => {
  const failure = { code: 'lost', message: 'lost.', retryable: false };
  const lost = {
    turn: 0,
    index: 0,
    epoch: 4,
    link: 'link',
    outcome: { kind: 'unknown', failure },
  } as const;
  test('is looked up if it can be, without a word to anybody yet', () => {
    const decision = recordOutcome(jobAt(runningStep), lost, context(20));
    if (decision.kind !== 'commit') throw new Error('not committed');
    const { after, steps, events } = decision.transition;
    expect(after.phase).toMatchObject({
      calls: [{ step: { lookup: { since: 6, after: 10, notBefore: 110, attempts: 0 } } }],
    });
    expect([steps, events]).toEqual([[], []]);
    expect(statusOf(after)).toBe('in_progress');
    expect(requiredActionOf(after)).toBeNull();
    expect(wakesOf(after)).toMatchObject([{ task: { index: 0, since: 6 }, at: 110 }]);
    expect(sweepTime(after)).toBe(110);
  });

  test('is asked about at once if it cannot be', () => {
    const decision = recordOutcome(jobAt(runningStep, {}, { check: undefined }), lost, context(20));
    expect(decision).toMatchObject({
      transition: { events: [{ type: 'tool_call.failed' }, { action: 'resolve_tool_outcome' }] },
    });
  });

  test('is looked up when its worker never came back', () => {
    const claim = claimCall(jobAt(runningStep), { turn: 0, index: 0, since: 3 }, context(50));
    expect(claim).toMatchObject({
      kind: 'settled',
      transition: { after: { phase: { calls: [{ step: { lookup: { after: 10 } } }] } } },
    });
  });
});

const claim = (job: JobState, now = 120, since = 5) =>
  claimCall(job, { turn: 0, index: 0, since }, context(now));

describe('a look', () => {
  test('is counted before it is made, and made when it is due', () => {
    expect(claim(jobAt(looking()), 99)).toEqual({ kind: 'early', at: 100 });
    expect(claim(jobAt(looking()))).toMatchObject({ kind: 'looking', lookup: { attempts: 2 } });
    expect(claim(jobAt(looking()), 120, 3).kind).toBe('nothing');
    expect(claim(jobAt(looking(), { expiresAt: 110 }))).toMatchObject({
      transition: { after: { phase: { name: 'ended' } } },
    });
  });

  test('that never comes back has a person asked after some tries', () => {
    const answer = claim(jobAt(looking({ attempts: rules.callAttempts })));
    expect(answer).toMatchObject({ kind: 'settled' });
    if (answer.kind !== 'settled') throw new Error('not settled');
    expect(requiredActionOf(answer.transition.after)).toMatchObject({
      type: 'resolve_tool_outcome',
    });
  });

  test('that finds the call settles it as succeeded, with what proves it', () => {
    const verdict = { kind: 'found', with: 'list', evidence: { id: 1 } } as const;
    const { after, steps, events } = recorded(jobAt(looking()), verdict);
    expect(after).toMatchObject({ turn: 1, phase: { name: 'turn' } });
    expect(events).toMatchObject([{ type: 'tool_call.completed' }]);
    expect(steps).toMatchObject([
      { kind: 'outcome', startedAt: 10, answer: { output: { evidence: { id: 1 } } } },
    ]);
  });

  test('that does not find it has a person asked, who reads what was looked for', () => {
    const { after, steps, events, step } = recorded(jobAt(looking()), {
      ...absent,
      meansNotDone: false,
    });
    expect(step).toMatchObject({ status: 'unknown', reason: expect.stringContaining('3 entries') });
    expect(step && asksPerson(step)).toBe(true);
    expect(requiredActionOf(after)).toMatchObject({ type: 'resolve_tool_outcome' });
    expect(events).toMatchObject([
      { type: 'tool_call.failed', code: 'outcome_unknown' },
      { action: 'resolve_tool_outcome' },
    ]);
    expect(steps).toMatchObject([{ answer: { failure: { code: 'outcome_unknown' } } }]);
  });

  test('that fails is made again after a wait, some times', () => {
    const failed = { kind: 'failed', message: 'away', retryable: true } as const;
    const { step } = recorded(jobAt(looking()), failed);
    expect(step).toMatchObject({ lookup: { since: 6, notBefore: 700, attempts: 1 } });
    expect(recorded(jobAt(looking()), { ...failed, retryAfter: 5_000 }).step).toMatchObject({
      lookup: { notBefore: 5_200 },
    });
    const last = recorded(jobAt(looking({ attempts: rules.callAttempts })), failed);
    expect(last.step).toMatchObject({ reason: expect.stringContaining('away') });
    expect(last.step).not.toHaveProperty('lookup');
    expect(recorded(jobAt(looking()), { ...failed, retryable: false }).step).not.toHaveProperty(
      'lookup',
    );
  });

  test('says nothing once somebody else has decided', () => {
    const verdict = { kind: 'found', with: 'list', evidence: 1 } as const;
    expect(report(jobAt(looking()), verdict, 200, 4).kind).toBe('nothing');
    expect(report(jobAt(runningStep), verdict).kind).toBe('nothing');
    expect(report(jobWith(), verdict).kind).toBe('nothing');
  });
});

describe('where absence means that it was not done', () => {
  const notDone = { ...absent, meansNotDone: true } as const;
  const over = { claims: [] };

  test('the call is made again, as one more attempt', () => {
    const { step } = recorded(jobAt(looking(), over), notDone);
    expect(step).toMatchObject({ status: 'ready', since: 6, attempts: 1, notBefore: 200 });
    expect(step).not.toHaveProperty('lookup');
  });

  test('it is looked for again once the call has provably ended', () => {
    const claims = [{ turn: 0, index: 0, epoch: 4, until: 60_000 }];
    const { step } = recorded(jobAt(looking(), { claims }), notDone);
    expect(step).toMatchObject({ status: 'unknown', lookup: { since: 6, notBefore: 60_090 } });
    const later = recorded(jobAt(looking(), { claims }), { ...notDone, lookedAt: 60_090 }, 60_100);
    expect(later.step).toMatchObject({ status: 'ready' });
  });

  test('a person is asked once its attempts are used up', () => {
    const step = { ...looking(), attempts: rules.callAttempts - 1 } as CallStep;
    expect(recorded(jobAt(step, over), notDone).step).toMatchObject({ status: 'unknown' });
  });
});

test('a claim that ends during a look has it made anew: what it saw may be of before', () => {
  const claims = [{ turn: 0, index: 0, epoch: 4, until: 60_000 }];
  const failure = { code: 'lost', message: 'lost', retryable: false };
  const late = recordOutcome(
    jobAt(looking(), { claims }),
    { turn: 0, index: 0, epoch: 4, link: 'link', outcome: { kind: 'unknown', failure } },
    context(200),
  );
  if (late.kind !== 'commit') throw new Error('not committed');
  const { after } = late.transition;
  expect(after).toMatchObject({
    claims: [],
    phase: { calls: [{ step: { lookup: { since: 6, notBefore: 290 } } }] },
  });
  expect(report(after, { ...absent, meansNotDone: true }).kind).toBe('nothing');
});

test('a job that ends in the middle of a look is looked at anew when it is opened again', () => {
  const job = jobAt(looking({ attempts: 3 }));
  const cancelled = cancel(job, { by: 'api' }, { now: 150 });
  if (cancelled.kind !== 'commit') throw new Error('not cancelled');
  const { after } = cancelled.transition;
  expect(needlessTasks(job, after)).toMatchObject([{ since: 5 }]);
  if (job.phase.name !== 'calls') throw new Error('it has calls');
  const opened = reopen(endedFrom(job.phase, { status: 'expired' }), {}, { now: 1_000 });
  expect(opened).toMatchObject({
    transition: {
      after: {
        phase: { calls: [{ step: { lookup: { since: 6, attempts: 0, notBefore: 1_000 } } }] },
      },
    },
  });
  const calls = [callWith({ check, step: runningStep })];
  const running = reopen(
    endedFrom({ name: 'calls', calls }, { status: 'expired' }),
    {},
    { now: 9 },
  );
  expect(running).toMatchObject({
    transition: { after: { phase: { calls: [{ step: { lookup: { after: 10 } } }] } } },
  });
});
