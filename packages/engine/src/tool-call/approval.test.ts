import type { ApprovalDecision, CallRecord, JobState } from '@pawl/contracts';
import { describe, expect, test } from 'vitest';
import { callWith, endedFrom, jobWith } from '../../test/job.ts';
import { defaultRules } from '../domain/rules.ts';
import { requiredActionOf, statusOf } from '../job/status.ts';
import { awaitingApproval, freshStep } from '../job/steps.ts';
import { reopen } from '../job/transitions.ts';
import { newWakes, sweepTime, wakesOf } from '../job/wakes.ts';
import { builtInPrefix, needsApproval } from '../tool/offer.ts';
import { decideCall, hashOfCall } from './approval.ts';
import { claimCall } from './claim.ts';
import { prepareCalls } from './prepare.ts';

const rules = defaultRules;
const input = { to: 'a@example.com' };
const record: CallRecord = {
  kind: 'call',
  turn: 0,
  index: 0,
  callId: 'call_a',
  name: 'gmail_send',
  tool: 'gmail_send',
  connection: 'gmail',
  rawArguments: JSON.stringify(input),
  arguments: input,
};

function asking({ within }: { within?: number } = {}): JobState {
  const approval = { link: 'secret', ...(within === undefined ? {} : { within }) };
  const step = awaitingApproval(freshStep(5, 0), { sequence: 5, at: 0, within });
  const call = callWith({ tool: 'gmail_send', effect: 'writes', approval, step });
  return jobWith({ phase: { name: 'calls', calls: [call] } });
}

function decided(job: JobState, decision: ApprovalDecision) {
  const target = { turn: 0, index: 0, epoch: 0, decision, record };
  const answer = decideCall(job, target, { now: 10 });
  if (answer.kind !== 'commit') throw new Error(`not decided: ${answer.reason}`);
  return answer.transition;
}

const claim = (job: JobState, hash: string, now = 20) => {
  const step = job.phase.name === 'calls' ? job.phase.calls[0]?.step : undefined;
  const since = step !== undefined && 'since' in step ? step.since : -1;
  return claimCall(job, { turn: 0, index: 0, since, hash }, { now, rules });
};

describe('which calls wait for approval', () => {
  const writes = { tool: 'gmail_send', effect: 'writes' } as const;
  const reads = { tool: 'gmail_read', effect: 'reads' } as const;
  const idempotent = { tool: 'gmail_label', effect: 'idempotent' } as const;

  test.each([
    [[], []],
    [['none'], []],
    [['writes'], [writes, idempotent]],
    [['all'], [writes, idempotent, reads]],
    [[['gmail_s*']], [writes]],
    [['none', ['*_read']], [reads]],
    [
      ['writes', 'none'],
      [writes, idempotent],
    ],
  ] as const)('%j', (policies, expected) => {
    const all = [writes, idempotent, reads];
    expect(
      all.filter((call) =>
        needsApproval(
          [...policies].map((policy) => (typeof policy === 'string' ? policy : [...policy])),
          call,
        ),
      ),
    ).toEqual(expected);
  });

  test('what Pawl answers itself asks nobody', () => {
    const tool = `${builtInPrefix}find_tools`;
    expect(needsApproval(['all', ['*']], { tool, effect: 'reads' })).toBe(false);
  });
});

test('a call is prepared so that it asks; one that is refused asks nobody', () => {
  const tool = { name: 'gmail_send', description: '', inputSchema: {}, connection: 'gmail' };
  const toolSet = {
    tools: [{ name: 'gmail_send', tool }],
    policy: { approve: ['all'] as const, approvalSeconds: 60 },
    effectOf: () => 'writes' as const,
    problemsOf: (index: number) => (index === 1 ? ['to is missing'] : []),
    link: 'secret',
  };
  const request = { id: 'call_a', function: { name: 'gmail_send', arguments: '{"to":"a"}' } };
  const [asks, refused] = prepareCalls([request, request], toolSet, {
    turn: 0,
    sequence: 6,
    now: 9,
  });
  expect(asks?.call).toMatchObject({
    approval: { link: 'secret', within: 60_000 },
    step: { status: 'awaiting_approval', since: 6, epoch: 0, at: 9, until: 60_009 },
  });
  expect(asks?.records).toMatchObject([{ kind: 'call', link: 'secret' }]);
  expect(refused?.call.step.status).toBe('settled');
  expect(refused?.call.approval).toBeUndefined();
});

test('a job that asks needs a person, and has a task only for the end of the wait', () => {
  expect(statusOf(asking())).toBe('requires_action');
  expect(requiredActionOf(asking())).toEqual({
    type: 'approve_tool_calls',
    link: 'secret',
    calls: [{ index: 0, epoch: 0 }],
  });
  expect(wakesOf(asking())).toEqual([]);
  expect(sweepTime(asking())).toBeUndefined();
  expect(wakesOf(asking({ within: 60_000 }))).toMatchObject([{ at: 60_000 }]);
  expect(sweepTime(asking({ within: 60_000 }))).toBe(60_000);
});

test('a call that nobody has approved is not claimed', () => {
  expect(claim(asking(), hashOfCall('gmail_send', input)).kind).toBe('nothing');
  expect(claim(asking({ within: 60_000 }), '').kind).toBe('early');
});

test('a wait that is over settles the call as not made', () => {
  const expired = claim(asking({ within: 60_000 }), '', 60_000);
  expect(expired).toMatchObject({
    kind: 'settled',
    transition: {
      after: { turn: 1, phase: { name: 'turn' } },
      steps: [{ attempts: 0, answer: { failure: { code: 'approval_expired' } } }],
    },
  });
});

test('an approved call is made with exactly what was approved', () => {
  const { before, after } = decided(asking(), { decision: 'approve' });
  expect(newWakes(before, after)).toHaveLength(1);
  expect(claim(after, hashOfCall('gmail_send', input)).kind).toBe('claimed');
  expect(claim(after, hashOfCall('gmail_send', { to: 'b@example.com' }))).toMatchObject({
    kind: 'settled',
    transition: { steps: [{ answer: { failure: { code: 'approval_mismatch' } } }] },
  });
  expect(claim(after, hashOfCall('gmail_delete', input)).kind).toBe('settled');
});

test('an edited call is made with the edited arguments, which replace the model’s', () => {
  const edited = { to: 'b@example.com' };
  const { after, steps } = decided(asking(), { decision: 'edit', input: edited });
  expect(steps[0]).toMatchObject({ kind: 'call', arguments: edited, edited: true });
  expect(claim(after, hashOfCall('gmail_send', edited)).kind).toBe('claimed');
  expect(claim(after, hashOfCall('gmail_send', input)).kind).toBe('settled');
});

test('the hash does not know the order of keys', () => {
  expect(hashOfCall('a', { one: 1, two: { a: [1], b: 2 } })).toBe(
    hashOfCall('a', { two: { b: 2, a: [1] }, one: 1 }),
  );
});

test('nobody is asked twice: a second decision changes nothing', () => {
  const { after } = decided(asking(), { decision: 'approve' });
  const again = { turn: 0, index: 0, epoch: 0, decision: { decision: 'approve' }, record } as const;
  expect(decideCall(after, again, { now: 11 }).kind).toBe('nothing');
  expect(decideCall(jobWith(), again, { now: 11 }).kind).toBe('nothing');
  expect(decideCall(asking(), { ...again, turn: 1 }, { now: 11 }).kind).toBe('nothing');
});

describe('a job that is opened again', () => {
  const failed = {
    status: 'failed',
    failure: { code: 'x', message: 'x', retryable: true },
  } as const;
  const reopened = (job: JobState) => {
    if (job.phase.name === 'ended') throw new Error('it must be open');
    const opened = reopen(endedFrom(job.phase, failed), {}, { now: 1_000 });
    if (opened.kind !== 'commit') throw new Error('not opened');
    return opened.transition.after;
  };

  test('asks anew where nobody had decided, with its whole time', () => {
    const { phase } = reopened(asking({ within: 60_000 }));
    expect(phase).toMatchObject({
      calls: [{ step: { status: 'awaiting_approval', at: 1_000, until: 61_000 } }],
    });
  });

  test('keeps an approval that was given before the call was made', () => {
    const { after } = decided(asking(), { decision: 'approve' });
    const job = reopened(after);
    expect(claim(job, hashOfCall('gmail_send', input), 1_000).kind).toBe('claimed');
    expect(claim(job, hashOfCall('gmail_send', {}), 1_000).kind).toBe('settled');
  });
});
