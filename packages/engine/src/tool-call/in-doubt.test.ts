import type { CallRecord, JobState, StepRecord, ToolEffect } from '@pawl/contracts';
import { describe, expect, test } from 'vitest';
import {
  callWith,
  claimedCall,
  jobWith,
  reportedCall,
  stepOf,
  turnRecord,
} from '../../test/job.ts';
import type { ToolOutcome } from '../domain/tool.ts';
import { stepViews } from '../job/steps-view.ts';
import { cancel, expire, reopen } from '../job/transitions.ts';
import { messagesOf } from '../turn/history.ts';
import { decideCall } from './approval.ts';

// Invariants 5 and 6: a call that may have had its effect is never said not to have happened.

const lost: ToolOutcome = {
  kind: 'unknown',
  failure: { code: 'tool_answer_lost', message: 'The connection was lost.', retryable: false },
};
const unsent: ToolOutcome = {
  kind: 'not_executed',
  failure: { code: 'unreachable', message: 'Nobody answers.', retryable: true },
};
const refused: ToolOutcome = {
  kind: 'failed',
  failure: { code: 'tool_conflict', message: 'There is one already.', retryable: false },
};
const repeatable = [
  ['a write under retry', 'writes', 'retry'],
  ['an idempotent call', 'idempotent', 'ask'],
] as const;

const callRecord: CallRecord = {
  kind: 'call',
  turn: 0,
  index: 0,
  callId: 'call_a',
  name: 'gmail_send_message',
  tool: 'gmail_send_message',
  connection: 'gmail',
  rawArguments: '{}',
  arguments: {},
};
const asks = { role: 'assistant', content: null, tool_calls: [{ id: 'call_a' }] };

/** What the next model reads of the job's only call. */
function answerOf(job: JobState, outcomes: readonly StepRecord[] = []): string {
  const steps = [turnRecord(asks), callRecord, ...outcomes];
  return JSON.stringify(messagesOf({ job, prompt: 'Go', steps })[2]?.['content']);
}

/** What the API shows of it. */
function statusOf(job: JobState): string | undefined {
  return stepViews(job, [turnRecord(asks), callRecord])[1]?.status;
}

function jobOf(effect: ToolEffect, onUnknownOutcome: JobState['onUnknownOutcome']): JobState {
  const phase = { name: 'calls', calls: [callWith({ effect })] } as const;
  return jobWith({ onUnknownOutcome, phase: { ...phase, calls: [...phase.calls] } });
}

function cancelled(job: JobState): JobState {
  const decision = cancel(job, { by: 'api' }, { now: 500 });
  if (decision.kind !== 'commit') throw new Error('the job must not have ended');
  return decision.transition.after;
}

describe.each(repeatable)('%s', (_name, effect, policy) => {
  test('whose answer was lost may have happened, also before it is made again', () => {
    const { after } = reportedCall(claimedCall(jobOf(effect, policy)), lost);
    expect(stepOf(after)).toMatchObject({ status: 'ready', attempts: 1 });
    expect(answerOf(cancelled(after))).toContain('outcome_unknown');
    expect(statusOf(cancelled(after))).toBe('unknown');
  });

  test('that was never sent was not made', () => {
    const { after } = reportedCall(claimedCall(jobOf(effect, policy)), unsent);
    expect(answerOf(cancelled(after))).toContain('not made');
    expect(statusOf(cancelled(after))).toBe('not_run');
  });

  test('that was never sent the second time may have happened the first time', () => {
    const once = reportedCall(claimedCall(jobOf(effect, policy)), lost).after;
    const { after } = reportedCall(claimedCall(once), unsent);
    expect(answerOf(cancelled(after))).toContain('outcome_unknown');
  });

  test('whose worker died may have happened, also once the job was opened again', () => {
    const expired = expire(claimedCall(jobOf(effect, policy)), { now: 2_000_000 });
    if (expired.kind !== 'commit') throw new Error('the deadline must have passed');
    const opened = reopen(expired.transition.after, {}, { now: 2_000_000 });
    if (opened.kind !== 'commit') throw new Error('the job must be opened again');
    expect(stepOf(opened.transition.after)).toMatchObject({ status: 'ready' });
    expect(answerOf(cancelled(opened.transition.after))).toContain('outcome_unknown');
  });

  test('whose last answer was lost too is settled as unknown, not as failed', () => {
    let job = jobOf(effect, policy);
    for (const _ of [1, 2, 3]) job = reportedCall(claimedCall(job), lost).after;
    const { after, steps } = reportedCall(claimedCall(job), lost);
    expect(after).toMatchObject({ turn: 1, phase: { name: 'turn' } });
    expect(steps).toMatchObject([
      { kind: 'outcome', attempts: 4, answer: { failure: { code: 'outcome_unknown' } } },
    ]);
    expect(answerOf(after, steps)).toContain('The connection was lost. Check');
  });

  test('that failed after an answer was lost is settled as unknown: the lost one may have succeeded', () => {
    const once = reportedCall(claimedCall(jobOf(effect, policy)), lost).after;
    const { after, steps } = reportedCall(claimedCall(once), refused);
    expect(after.turn).toBe(1);
    expect(answerOf(after, steps)).toMatch(/outcome_unknown.*There is one already/);
  });

  test('that failed at once failed', () => {
    const { after, steps } = reportedCall(claimedCall(jobOf(effect, policy)), refused);
    expect(answerOf(after, steps)).toContain('tool_conflict');
  });
});

test('a read whose answers were all lost has failed: it changes nothing', () => {
  let job = jobOf('reads', 'ask');
  for (const _ of [1, 2, 3]) job = reportedCall(claimedCall(job), lost).after;
  const { after, steps } = reportedCall(claimedCall(job), lost);
  expect(answerOf(after, steps)).toContain('tool_answer_lost');
});

test('a person’s word settles a call as they say, and has it made again without a second question', () => {
  const asking = reportedCall(claimedCall(jobOf('writes', 'ask')), lost).after;
  const { epoch } = stepOf(asking);
  const decide = (decision: Parameters<typeof decideCall>[1]['decision']) => {
    const decided = decideCall(
      asking,
      { turn: 0, index: 0, epoch, decision, record: callRecord },
      { now: 100 },
    );
    if (decided.kind !== 'commit') throw new Error('a person must be asked');
    return decided.transition;
  };
  const rejected = decide({ decision: 'reject', message: 'It did not arrive.' });
  expect(answerOf(rejected.after, rejected.steps)).toContain('It did not arrive.');
  const approved = decide({ decision: 'approve' }).after;
  expect(answerOf(cancelled(approved))).toContain('outcome_unknown');
  const { after } = reportedCall(claimedCall(approved), refused);
  expect(after).toMatchObject({ turn: 1, phase: { name: 'turn' } });
});

test('a call that is opened again and again names few claims: those that have timed out leave it in doubt', () => {
  let job = claimedCall(jobOf('writes', 'retry'));
  for (const round of [1, 2, 3, 4, 5]) {
    const now = round * 2_000_000;
    const expired = expire(job, { now });
    if (expired.kind !== 'commit') throw new Error('the deadline must have passed');
    const opened = reopen(expired.transition.after, {}, { now });
    if (opened.kind !== 'commit') throw new Error('the job must be opened again');
    job = claimedCall(opened.transition.after);
    expect(job.claims).toHaveLength(1);
  }
  const { after } = reportedCall(job, unsent);
  expect(after.claims).toEqual([]);
  expect(answerOf(cancelled(after))).toContain('outcome_unknown');
});
