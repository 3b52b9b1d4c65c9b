import type { Ending, JobState, ScheduleState } from '@pawl/contracts';
import { expect, test } from 'vitest';
import { defaultRules } from '../domain/rules.ts';
import { afterJob, newSchedule } from './transitions.ts';

const rules = { ...defaultRules, scheduleFailures: 3 };
const timing = { kind: 'every', seconds: 60, anchor: 0 } as const;
const given = { id: 'sch_0_abc', tenant: 'default', user: 'ada', timing, overlap: 'skip' } as const;
const schedule = (patch: Partial<ScheduleState> = {}): ScheduleState => ({
  ...newSchedule({ ...given, enabled: true }, { now: 0 }),
  ...patch,
});

// Only what the decision reads: id and phase.
const open = (id: string) => ({ id, phase: { name: 'lined' } }) as JobState;
const ended = (id: string, ending: Ending) =>
  ({ id, phase: { name: 'ended', at: 1, ending, from: { name: 'lined' } } }) as JobState;
const failed: Ending = {
  status: 'failed',
  failure: { code: 'model_unavailable', message: 'no answer', retryable: true },
};

function end(state: ScheduleState, id: string, ending: Ending): ScheduleState {
  const after = afterJob(state, { before: open(id), after: ended(id, ending) }, { rules, now: 99 });
  if (after === undefined) throw new Error('nothing happened');
  return after;
}

test('a job that ends is open no more', () => {
  const state = end(schedule({ open: ['a', 'b'] }), 'a', { status: 'completed' });
  expect(state).toMatchObject({ open: ['b'], failures: [], revision: 2 });
});

test('failed and expired jobs count in a row, and a success begins anew', () => {
  let state = end(schedule(), 'a', failed);
  state = end(state, 'b', { status: 'expired' });
  expect(state.failures).toEqual(['a', 'b']);
  expect(end(state, 'c', { status: 'completed' }).failures).toEqual([]);
  expect(end(state, 'c', { status: 'incomplete', stopReason: 'turns' }).failures).toEqual([]);
  expect(end(state, 'c', { status: 'cancelled', by: 'api' }).failures).toEqual(['a', 'b']);
});

test('a job that is opened again and fails again is one failure', () => {
  const once = end(schedule(), 'a', failed);
  const opened = afterJob(
    once,
    { before: ended('a', failed), after: open('a') },
    { rules, now: 1 },
  );
  expect(opened).toMatchObject({ open: ['a'], failures: ['a'] });
  expect(end(opened ?? once, 'a', failed).failures).toEqual(['a']);
});

test('at the limit the schedule stops itself and says why', () => {
  const state = end(schedule({ failures: ['a', 'b'], line: [5] }), 'c', failed);
  expect(state).toMatchObject({
    activity: { name: 'disabled', code: 'failures', at: 99 },
    next: null,
    line: [],
    failures: ['a', 'b', 'c'],
  });
  expect(state.activity).toHaveProperty('message', expect.stringContaining('model_unavailable'));
});

test('a commit in the middle of a job says nothing to its schedule', () => {
  const context = { rules, now: 1 };
  expect(afterJob(schedule(), { before: open('a'), after: open('a') }, context)).toBeUndefined();
  expect(afterJob(schedule(), { before: null, after: open('a') }, context)).toBeUndefined();
});
