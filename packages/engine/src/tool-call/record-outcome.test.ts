import type { CallStep, JobState, ToolCall } from '@pawl/contracts';
import { describe, expect, test } from 'vitest';
import { callWith, claimable, endedFrom, jobWith, runningStep } from '../../test/job.ts';
import { defaultRules } from '../domain/rules.ts';
import type { ToolOutcome } from '../domain/tool.ts';
import { recordOutcome, type CallReport } from './record-outcome.ts';

const now = 100;
const failure = { code: 'tool_unavailable', message: 'Nobody answers.', retryable: true };
const succeeded: ToolOutcome = { kind: 'succeeded', output: { id: 'mail' } };
const unknown: ToolOutcome = { kind: 'unknown', failure };
const notExecuted: ToolOutcome = { kind: 'not_executed', failure };
const inactive: ToolOutcome = { kind: 'account_inactive', failure };

const asked: CallStep = { ...runningStep, status: 'unknown', reason: 'lost', at: 20 };
const other = callWith({ callId: 'call_b', step: { status: 'ready', ...claimable, notBefore: 0 } });

function jobAt(step: CallStep, call: Partial<ToolCall> = {}, parts: Partial<JobState> = {}) {
  return jobWith({
    phase: { name: 'calls', calls: [callWith({ ...call, step }), other] },
    ...parts,
  });
}

function report(job: JobState, outcome: ToolOutcome, parts: Partial<CallReport> = {}) {
  const given = { turn: 0, index: 0, epoch: 4, outcome, link: 'new-link', ...parts };
  return recordOutcome(job, given, { rules: defaultRules, now, random: 0 });
}

/** The commit of a report, with the step that the call has then. */
function committed(...given: Parameters<typeof report>) {
  const decision = report(...given);
  if (decision.kind !== 'commit') throw new Error(`not committed: ${decision.kind}`);
  const { transition } = decision;
  const { phase } = transition.after;
  return { ...transition, step: phase.name === 'calls' ? phase.calls[0]?.step : undefined };
}

const actionsNeeded = (job: JobState, outcome: ToolOutcome) =>
  committed(job, outcome).events.filter(({ type }) => type === 'job.requires_action');

/** A call that waits for an account. */
const waitingFor = (connection: string) => {
  const step = { ...claimable, connection, link: 'its-link', blockedAt: 1, checkAt: 2 };
  return callWith({ connection, step: { status: 'blocked', ...step } });
};

/** The running call, beside another one. */
const beside = (call: ToolCall) =>
  jobWith({ phase: { name: 'calls', calls: [callWith({ step: runningStep }), call] } });

describe('the report of a running call’s claim', () => {
  test('settles it with its output, its end and its tries', () => {
    const { step, events, steps, after } = committed(
      jobAt({ ...runningStep, attempts: 1, crashes: 1 }, { inDoubt: true }),
      succeeded,
    );
    expect(step).toEqual({ status: 'settled', epoch: 4, outcome: 'succeeded' });
    expect(after).toMatchObject({
      sequence: 6,
      claims: [],
      phase: { calls: [{ inDoubt: false }, other] },
    });
    expect(events).toEqual([
      { type: 'tool_call.completed', turn: 0, index: 0, tool: 'gmail_send_message' },
    ]);
    expect(steps).toEqual([
      {
        kind: 'outcome',
        turn: 0,
        index: 0,
        attempts: 3,
        startedAt: 10,
        finishedAt: now,
        answer: { output: { id: 'mail' } },
      },
    ]);
  });

  test('settles it as failed', () => {
    const { step, events, steps } = committed(jobAt(runningStep), { kind: 'failed', failure });
    expect(step).toMatchObject({ status: 'settled', outcome: 'failed' });
    expect(events).toMatchObject([{ type: 'tool_call.failed', index: 0, code: failure.code }]);
    expect(steps).toMatchObject([{ answer: { failure } }]);
  });

  test('has it made again after a wait, when it was not made', () => {
    const { step } = committed(jobAt(runningStep), notExecuted);
    const wait = defaultRules.backOffBase / 2;
    expect(step).toMatchObject({
      status: 'ready',
      since: 6,
      attempts: 1,
      notBefore: now + wait,
      lastFailure: failure,
    });
    const later = committed(jobAt(runningStep), { ...notExecuted, retryAfter: 90_000 });
    expect(later.step).toMatchObject({ notBefore: now + 90_000 });
  });

  test('settles it with its failure once its attempts are used up', () => {
    const attempts = defaultRules.callAttempts - 1;
    const last = committed(jobAt({ ...runningStep, attempts }), notExecuted);
    expect(last.step).toMatchObject({ status: 'settled', outcome: 'failed' });
    const before = committed(jobAt({ ...runningStep, attempts: attempts - 1 }), notExecuted);
    expect(before.step).toMatchObject({ status: 'ready', attempts });
  });

  test('has it wait for an account that is not active, under a link of its own', () => {
    const { step } = committed(jobAt(runningStep), inactive);
    expect(step).toMatchObject({
      status: 'blocked',
      since: 6,
      connection: 'gmail',
      link: 'new-link',
      blockedAt: now,
      checkAt: now + defaultRules.accountCheckInterval,
    });
  });

  test('needs a person once no other call goes on', () => {
    const alone = jobWith({ phase: { name: 'calls', calls: [callWith({ step: runningStep })] } });
    expect(actionsNeeded(alone, inactive)).toMatchObject([{ action: 'connect_account' }]);
    expect(actionsNeeded(alone, unknown)).toMatchObject([{ action: 'resolve_tool_outcome' }]);
    expect(actionsNeeded(jobAt(runningStep), inactive)).toEqual([]);
  });

  test('shares the link of a call that waits for the same account, and no other’s', () => {
    expect(committed(beside(waitingFor('gmail')), inactive).step).toMatchObject({
      link: 'its-link',
    });
    expect(committed(beside(waitingFor('slack')), inactive).step).toMatchObject({
      link: 'new-link',
    });
    const running = callWith({ step: { ...runningStep, epoch: 3 } });
    expect(committed(beside(running), inactive).step).toMatchObject({ link: 'new-link' });
  });

  test('asks a person about a write whose outcome is unknown, and makes a read again', () => {
    const { step, steps } = committed(jobAt(runningStep), unknown);
    expect(step).toMatchObject({ status: 'unknown', reason: failure.message, at: now });
    expect(steps).toMatchObject([{ answer: { failure: { code: 'outcome_unknown' } } }]);
    const read = committed(jobAt(runningStep, { effect: 'reads' }), unknown);
    expect(read.step).toMatchObject({ status: 'ready', attempts: 1 });
  });

  test('ends the job for what no call can mend, with the call as one that was not made', () => {
    const { after, events } = committed(jobAt(runningStep), { kind: 'fatal', failure });
    expect(after).toMatchObject({
      claims: [],
      phase: {
        name: 'ended',
        at: now,
        ending: { status: 'failed', failure },
        from: {
          name: 'calls',
          calls: [{ inDoubt: false, step: { status: 'ready', since: 6, notBefore: now } }, other],
        },
      },
    });
    expect(events).toEqual([{ type: 'job.failed', code: failure.code }]);
  });

  test('of the last open call takes the job to its next turn', () => {
    const job = jobWith({ phase: { name: 'calls', calls: [callWith({ step: runningStep })] } });
    expect(committed(job, succeeded).after).toMatchObject({
      turn: 1,
      phase: { name: 'turn', step: { status: 'ready', since: 6, notBefore: now, attempts: 0 } },
    });
  });
});

describe('the report of a claim that a person is asked about', () => {
  test('settles the call with what it has learnt', () => {
    expect(committed(jobAt(asked), succeeded).step).toMatchObject({ outcome: 'succeeded' });
    for (const kind of ['failed', 'fatal'] as const) {
      expect(committed(jobAt(asked), { kind, failure }).step).toMatchObject({ outcome: 'failed' });
    }
  });

  test('has the call made again at once if it was not made', () => {
    for (const outcome of [notExecuted, inactive]) {
      const { step } = committed(jobAt(asked), outcome);
      expect(step).toMatchObject({ status: 'ready', since: 6, notBefore: now });
    }
  });

  test('ends the claim, and the question stands, if it knows nothing either', () => {
    const { step, after, steps } = committed(jobAt(asked), unknown);
    expect(step).toEqual(asked);
    expect(after).toMatchObject({ claims: [], phase: { calls: [{ inDoubt: true }, other] } });
    expect(steps).toEqual([]);
  });
});

describe('the report of a claim that is not the call’s any more', () => {
  const older = { turn: 0, index: 0, epoch: 2, until: 60_000 };
  const job = jobAt(runningStep, {}, { claims: [older, { ...older, epoch: 4 }] });

  test('ends its own claim alone, and keeps what it has done beside the call', () => {
    const { after, step, steps } = committed(job, succeeded, { epoch: 2 });
    expect(after).toMatchObject({ sequence: 6, claims: [{ epoch: 4 }] });
    expect(step).toEqual(runningStep);
    expect(after).toMatchObject({ phase: { calls: [{ inDoubt: true }, other] } });
    expect(steps).toEqual([
      {
        kind: 'late_outcome',
        turn: 0,
        index: 0,
        epoch: 2,
        finishedAt: now,
        executed: true,
        answer: { output: { id: 'mail' } },
      },
    ]);
  });

  test('leaves no trace of what was not done', () => {
    const { after, steps } = committed(job, notExecuted, { epoch: 2 });
    expect(after).toMatchObject({
      claims: [{ epoch: 4 }],
      phase: { calls: [{ inDoubt: false }, other] },
    });
    expect(steps).toEqual([]);
  });

  test('is nothing when the job does not know the claim, and nothing was done', () => {
    expect(report(job, notExecuted, { epoch: 1 }).kind).toBe('nothing');
    expect(report(job, unknown, { epoch: 4, turn: 1 }).kind).toBe('nothing');
    expect(report(job, unknown, { epoch: 4, index: 7 }).kind).toBe('nothing');
    expect(report(jobWith(), unknown).kind).toBe('nothing');
  });

  test('is kept on a side record once the job has ended', () => {
    const claim = { turn: 0, index: 0, epoch: 4 };
    const phase = { name: 'calls', calls: [callWith({ step: runningStep })] } as const;
    const ended = endedFrom({ ...phase, calls: [...phase.calls] }, { status: 'expired' });
    expect(report(ended, { kind: 'failed', failure })).toEqual({
      kind: 'late',
      late: {
        job: ended,
        outcome: {
          kind: 'late_outcome',
          turn: 0,
          index: 0,
          epoch: 4,
          finishedAt: now,
          executed: true,
          answer: { failure },
        },
        claim,
      },
    });
    for (const outcome of [notExecuted, inactive, { kind: 'fatal', failure } as const]) {
      expect(report(ended, outcome)).toMatchObject({
        late: { outcome: { executed: false, answer: { failure } } },
      });
    }
    expect(report(ended, unknown)).toEqual({ kind: 'late', late: { job: ended, claim } });
  });
});
