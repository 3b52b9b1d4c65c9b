import { describe, expect, test } from 'vitest';
import { callWith, endedFrom, jobIn, runningStep } from '../../test/job.ts';
import { type Conversation, noWaitingJobs } from '../domain/conversation.ts';
import { defaultRules } from '../domain/rules.ts';
import {
  beginInConversation,
  delayInConversation,
  enterConversation,
  leaveConversation,
  leaveUnreadable,
  reenterConversation,
  releaseClaims,
  startNextJob,
} from './conversation.ts';

const idle: Conversation = {
  id: 'conv_0_a',
  tenant: 'default',
  user: 'user',
  revision: 1,
  createdAt: 0,
  active: null,
  line: noWaitingJobs,
  holds: {},
};
const waiting = { next: 'job_0_b', count: 1, changes: [] };
const busy: Conversation = { ...idle, active: 'job_0_a', line: waiting };
const rules = { ...defaultRules, waitingJobsLimit: 1 };
const calls = { name: 'calls', calls: [callWith({ step: runningStep })] } as const;
const cancelled = endedFrom(
  { ...calls, calls: [...calls.calls] },
  { status: 'cancelled', by: 'api' },
);
const completed = endedFrom({ name: 'lined' }, { status: 'completed' });

test.each([
  ['an idle conversation is entered at once', idle, 'queue', 'starts'],
  ['a busy one is lined up for', busy, 'queue', 'lines_up'],
  ['a busy one can be refused', busy, 'reject', 'busy'],
] as const)('%s', (_name, conversation, whenBusy, kind) => {
  expect(
    enterConversation(conversation, { job: 'job_0_c', whenBusy }, { rules: defaultRules }).kind,
  ).toBe(kind);
});

test('the line is bounded', () => {
  expect(enterConversation(busy, { job: 'job_0_c', whenBusy: 'queue' }, { rules }).kind).toBe(
    'full',
  );
  expect(enterConversation(busy, { job: 'job_0_c', whenBusy: 'interrupt' }, { rules }).kind).toBe(
    'full',
  );
});

test('the bound is the same for jobs with a later start, and for jobs that are opened again', () => {
  expect(delayInConversation(busy, { job: 'job_0_c' }, { rules }).kind).toBe('full');
  const reopening = { job: { id: 'job_0_c' }, lastStarted: 'job_0_a' };
  expect(reenterConversation(busy, reopening, { rules }).kind).toBe('full');
});

test('a job with a later start counts from its admission on, and has its place when it is due', () => {
  const delayed = delayInConversation(idle, { job: 'job_0_c' }, { rules });
  if (delayed.kind === 'full') throw new Error('there was room');
  expect(delayed.conversation).toMatchObject({ active: null, revision: 2, line: { count: 1 } });
  expect(delayInConversation(delayed.conversation, { job: 'job_0_d' }, { rules }).kind).toBe(
    'full',
  );
  const full = { ...busy, line: { ...waiting, count: 5 } };
  expect(beginInConversation(full, { job: 'job_0_c' })).toMatchObject({
    kind: 'lines_up',
    conversation: {
      line: {
        count: 5,
        changes: [
          { kind: 'leaves', job: 'job_0_c' },
          { kind: 'enters', job: 'job_0_c', place: 'last' },
        ],
      },
    },
  });
});

test('an interrupting job goes to the front of the line', () => {
  const entry = enterConversation(
    busy,
    { job: 'job_0_c', whenBusy: 'interrupt' },
    { rules: defaultRules },
  );
  expect(entry).toMatchObject({
    conversation: { line: { next: 'job_0_c', changes: [{ kind: 'enters', place: 'first' }] } },
  });
});

test('the next in line takes the place of a job that ends', () => {
  expect(leaveConversation(busy, { ended: completed }, { now: 50 })).toMatchObject({
    active: 'job_0_b',
    line: { changes: [{ kind: 'leaves', job: 'job_0_b' }] },
    revision: 2,
  });
});

test('a job that ends in the line leaves it', () => {
  const ended = { ...completed, id: 'job_0_b' };
  expect(leaveConversation(busy, { ended }, { now: 50 })).toMatchObject({
    active: 'job_0_a',
    line: { changes: [{ kind: 'leaves', job: 'job_0_b' }] },
  });
});

test('nobody takes the place while a call is in flight, until it returns or has timed out (invariant 6)', () => {
  const held = leaveConversation(busy, { ended: cancelled }, { now: 50 });
  expect(held).toMatchObject({
    active: 'job_0_a',
    line: waiting,
    holds: { 'job_0_a 0 0 4': 60_010 },
  });
  expect(releaseClaims(held, () => false)).toMatchObject({ active: 'job_0_a' });
  expect(releaseClaims(held, (claim) => claim === 'job_0_a 0 0 4')).toMatchObject({
    active: 'job_0_b',
    line: { changes: [{ kind: 'leaves', job: 'job_0_b' }] },
    holds: {},
  });
});

test('of two claims of one call each holds the place for itself', () => {
  const claims = [
    { turn: 0, index: 0, epoch: 4, until: 60_010 },
    { turn: 0, index: 0, epoch: 5, until: 60_020 },
  ];
  const ended = { ...cancelled, claims };
  const held = leaveConversation(busy, { ended }, { now: 50 });
  expect(held.holds).toEqual({ 'job_0_a 0 0 4': 60_010, 'job_0_a 0 0 5': 60_020 });
  expect(releaseClaims(held, (claim) => claim === 'job_0_a 0 0 4').active).toBe('job_0_a');
});

test('a claim that returns after the conversation has gone on takes the place from nobody', () => {
  expect(releaseClaims(busy, () => true)).toEqual({ ...busy, revision: 2 });
});

test('a claim that has returned holds nothing, though its outcome is unknown', () => {
  expect(
    leaveConversation(busy, { ended: { ...cancelled, claims: [] } }, { now: 50 }),
  ).toMatchObject({
    active: 'job_0_b',
    holds: {},
  });
});

test('a call that has timed out by now holds nothing', () => {
  expect(leaveConversation(busy, { ended: cancelled }, { now: 60_010 })).toMatchObject({
    active: 'job_0_b',
    holds: {},
  });
});

test('the place of a job that cannot be read is passed on once nothing of it can be in flight', () => {
  const left = leaveUnreadable(busy, { job: 'job_0_a', until: 500 });
  expect(left).toMatchObject({ revision: 2, active: 'job_0_a', line: { next: 'job_0_b' } });
  const passed = releaseClaims(left, (_, until) => until <= 500);
  expect(passed).toMatchObject({ revision: 3, active: 'job_0_b', holds: {} });
});

test('a waiting job that cannot be read leaves the line', () => {
  const left = leaveUnreadable(busy, { job: 'job_0_b', until: 500 });
  expect(left).toMatchObject({ active: 'job_0_a', holds: {}, line: { next: null, count: 0 } });
});

test('an idle conversation is entered however the job would treat a busy one, and changes its revision', () => {
  for (const whenBusy of ['queue', 'reject', 'interrupt'] as const) {
    expect(
      enterConversation(
        idle,
        { job: 'job_0_c', whenBusy },
        { rules: { ...rules, waitingJobsLimit: 0 } },
      ),
    ).toEqual({
      kind: 'starts',
      conversation: { ...idle, revision: 2, active: 'job_0_c' },
    });
  }
});

test('who comes first is next, and who comes later waits behind', () => {
  const alone = { ...busy, line: noWaitingJobs };
  const first = enterConversation(
    alone,
    { job: 'job_0_c', whenBusy: 'queue' },
    { rules: defaultRules },
  );
  expect(first).toMatchObject({ conversation: { line: { next: 'job_0_c', count: 1 } } });
  const second = enterConversation(
    busy,
    { job: 'job_0_c', whenBusy: 'queue' },
    { rules: defaultRules },
  );
  expect(second).toMatchObject({
    conversation: { active: 'job_0_a', revision: 2, line: { next: 'job_0_b', count: 2 } },
  });
});

test('a job that leaves the line is not next any more, and whoever else is stays next', () => {
  expect(
    leaveConversation(busy, { ended: { ...completed, id: 'job_0_b' } }, { now: 50 }).line,
  ).toMatchObject({
    next: null,
    count: 0,
  });
  const two = { ...busy, line: { ...waiting, count: 2 } };
  expect(
    leaveConversation(two, { ended: { ...completed, id: 'job_0_d' } }, { now: 50 }).line,
  ).toMatchObject({
    next: 'job_0_b',
    count: 1,
  });
  const none = { ...busy, line: noWaitingJobs };
  expect(
    leaveConversation(none, { ended: { ...completed, id: 'job_0_d' } }, { now: 50 }).line.count,
  ).toBe(0);
});

test('a conversation that nobody waits for is idle once its job has ended', () => {
  const alone = { ...busy, line: noWaitingJobs };
  expect(leaveConversation(alone, { ended: completed }, { now: 50 })).toEqual({
    ...idle,
    revision: 2,
  });
  const held = leaveConversation(alone, { ended: cancelled }, { now: 50 });
  expect(releaseClaims(held, () => true)).toEqual({ ...idle, revision: 3 });
});

test('the job whose place has come begins with a fresh turn', () => {
  const begun = { name: 'turn', step: { status: 'ready', since: 6, epoch: 0, notBefore: 50 } };
  const scheduled = { name: 'scheduled', since: 1, startAt: 9 } as const;
  for (const phase of [{ name: 'lined' } as const, scheduled]) {
    const { after } = startNextJob(jobIn(phase), { now: 50 });
    expect(after).toMatchObject({ sequence: 6, phase: begun });
  }
});

describe('a job that is opened again', () => {
  const started = { id: 'job_0_a', startedAt: 5 };
  const reenter = (conversation: Conversation, lastStarted: string | undefined) =>
    reenterConversation(conversation, { job: started, lastStarted }, { rules });

  test('keeps the place that it still has, and answers for its own calls again', () => {
    const holds = { 'job_0_a 0 0 4': 60_010, 'job_0_b 0 0 4': 60_020 };
    expect(reenter({ ...busy, holds }, 'job_0_a')).toEqual({
      kind: 'starts',
      conversation: { ...busy, revision: 2, holds: { 'job_0_b 0 0 4': 60_020 } },
    });
  });

  test('takes an idle conversation in which no later job has started, whatever room its line has', () => {
    const full = { ...idle, line: waiting };
    expect(reenter(full, 'job_0_a')).toMatchObject({ kind: 'starts' });
    expect(reenter(full, 'job_0_z')).toEqual({ kind: 'passed' });
    expect(reenter(full, undefined)).toEqual({ kind: 'passed' });
  });

  test('is passed while a later job runs, and lines up if it had never started', () => {
    const running = { ...busy, active: 'job_0_z', line: noWaitingJobs };
    expect(reenter(running, 'job_0_a')).toEqual({ kind: 'passed' });
    const unstarted = reenterConversation(
      running,
      { job: { id: 'job_0_a' }, lastStarted: undefined },
      { rules },
    );
    expect(unstarted).toMatchObject({
      kind: 'lines_up',
      conversation: { line: { next: 'job_0_a' } },
    });
  });
});
