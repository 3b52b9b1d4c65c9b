import type { ConversationState } from '@pawl/contracts';
import { expect, test } from 'vitest';
import { callWith, endedFrom, runningStep } from '../../test/job.ts';
import { defaultRules } from '../rules.ts';
import { enterConversation, leaveConversation, releaseHolds } from './conversation.ts';

const idle: ConversationState = {
  id: 'conv_0_a',
  tenant: 'default',
  user: 'user',
  revision: 1,
  createdAt: 0,
  active: null,
  line: [],
  holds: {},
};
const busy = { ...idle, active: 'job_0_a', line: ['job_0_b'] };
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
  expect(enterConversation(conversation, 'job_0_c', whenBusy, defaultRules).kind).toBe(kind);
});

test('the line is bounded', () => {
  const rules = { ...defaultRules, conversationLine: 1 };
  expect(enterConversation(busy, 'job_0_c', 'queue', rules).kind).toBe('full');
});

test('an interrupting job goes to the front of the line', () => {
  const entry = enterConversation(busy, 'job_0_c', 'interrupt', defaultRules);
  expect(entry).toMatchObject({ conversation: { line: ['job_0_c', 'job_0_b'] } });
});

test('the next in line takes the place of a job that ends', () => {
  expect(leaveConversation(busy, completed, 50)).toMatchObject({
    active: 'job_0_b',
    line: [],
    revision: 2,
  });
});

test('a job that ends in the line leaves it', () => {
  const waiting = { ...completed, id: 'job_0_b' };
  expect(leaveConversation(busy, waiting, 50)).toMatchObject({
    active: 'job_0_a',
    line: [],
  });
});

test('nobody takes the place while a call is in flight, until it returns or has timed out (invariant 6)', () => {
  const held = leaveConversation(busy, cancelled, 50);
  expect(held).toMatchObject({
    active: 'job_0_a',
    line: ['job_0_b'],
    holds: { 'job_0_a 0 0 4': 60_010 },
  });
  expect(releaseHolds(held, () => false)).toMatchObject({ active: 'job_0_a' });
  expect(releaseHolds(held, (claim) => claim === 'job_0_a 0 0 4')).toMatchObject({
    active: 'job_0_b',
    line: [],
    holds: {},
  });
});

test('of two claims of one call each holds the place for itself', () => {
  const claims = [
    { turn: 0, index: 0, epoch: 4, until: 60_010 },
    { turn: 0, index: 0, epoch: 5, until: 60_020 },
  ];
  const ended = { ...cancelled, claims };
  const held = leaveConversation(busy, ended, 50);
  expect(held.holds).toEqual({ 'job_0_a 0 0 4': 60_010, 'job_0_a 0 0 5': 60_020 });
  expect(releaseHolds(held, (claim) => claim === 'job_0_a 0 0 4').active).toBe('job_0_a');
});

test('a claim that has returned holds nothing, though its outcome is unknown', () => {
  expect(leaveConversation(busy, { ...cancelled, claims: [] }, 50)).toMatchObject({
    active: 'job_0_b',
    holds: {},
  });
});

test('a call that has timed out by now holds nothing', () => {
  expect(leaveConversation(busy, cancelled, 60_010)).toMatchObject({
    active: 'job_0_b',
    holds: {},
  });
});
