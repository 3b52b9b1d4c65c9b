import type { ScheduleState } from '@pawl/contracts';
import { expect, test } from 'vitest';
import { defaultRules } from '../domain/rules.ts';
import {
  dueSlots,
  slotJobId,
  nextWaitingSlot,
  takeWaitingSlot,
  takeSlot,
  takeTriggered,
} from './firing.ts';
import { nextOfTimer, timerOf } from './timer.ts';
import { changeSchedule, newSchedule } from './transitions.ts';

const created = 1_000_000;
const minute = 60_000;
const line = { ...defaultRules, waitingSlotsLimit: 3 };

function schedule(patch: Partial<ScheduleState> = {}): ScheduleState {
  const timing = { kind: 'every', seconds: 60, anchor: created } as const;
  const given = {
    id: 'sch_0_abc',
    tenant: 'default',
    user: 'ada',
    timing,
    overlap: 'skip',
  } as const;
  return { ...newSchedule({ ...given, enabled: true }, { now: created }), ...patch };
}

const slot = (number: number) => created + number * minute;
const due = (state: ScheduleState, now: number, servingSince = 0) =>
  dueSlots(state, { servingSince }, { now, rules: { ...defaultRules, waitingSlotsLimit: 5 } }).map(
    (time) => (time - created) / minute,
  );

test('no slot is due before its time', () => {
  expect(due(schedule(), slot(1) - 1)).toEqual([]);
  expect(due(schedule(), slot(1))).toEqual([1]);
});

test('whatever happened to workers, every slot counts', () => {
  expect(due(schedule(), slot(4) + 5)).toEqual([1, 2, 3, 4]);
});

test('what an outage of Redis swallowed is one slot, the newest; later ones count', () => {
  expect(due(schedule(), slot(50) + 10, slot(48) + 500)).toEqual([48, 49, 50]);
  expect(due(schedule(), slot(50) + 10, slot(60))).toEqual([50]);
});

test('an outage that was over before the first open slot changes nothing', () => {
  expect(due(schedule(), slot(3), slot(1) - 1)).toEqual([1, 2, 3]);
});

test('with more open slots than a backlog may have, nobody was there: one catch-up', () => {
  expect(due(schedule(), slot(500) + 1)).toEqual([500]);
});

test('a paused, disabled or finished schedule has no slot', () => {
  expect(due(schedule({ activity: { name: 'paused' }, next: null }), slot(9))).toEqual([]);
  expect(due(schedule({ next: null }), slot(9))).toEqual([]);
});

test('a slot makes one job, whose id follows from schedule and slot', () => {
  const decision = takeSlot(schedule(), { slot: slot(1) }, { rules: line });
  const job = slotJobId(schedule(), slot(1));
  expect(decision).toMatchObject({
    kind: 'started',
    settled: {
      revision: 2,
      next: slot(2),
      lastJob: job,
      open: [job],
      lastSlot: { at: slot(1), outcome: { kind: 'started', job } },
    },
  });
  expect(job).toMatch(/^job_0_abc-[0-9a-z]+$/);
  expect(slotJobId(schedule(), slot(2))).not.toBe(job);
});

test('with skip, a slot of a busy schedule is passed over for good', () => {
  const decision = takeSlot(schedule({ open: ['job_0_x'] }), { slot: slot(1) }, { rules: line });
  expect(decision).toMatchObject({
    kind: 'skipped',
    settled: { next: slot(2), open: ['job_0_x'], lastSlot: { outcome: { reason: 'overlap' } } },
  });
});

test('with allow, a slot starts beside the others', () => {
  const busy = schedule({ overlap: 'allow', open: ['job_0_x'] });
  const { settled } = takeSlot(busy, { slot: slot(1) }, { rules: line });
  expect(settled.open).toEqual(['job_0_x', slotJobId(busy, slot(1))]);
});

test('with queue, slots wait in line, start in their order, and the line is bounded', () => {
  let state = schedule({ overlap: 'queue', open: ['job_0_x'] });
  for (const number of [1, 2, 3])
    state = takeSlot(state, { slot: slot(number) }, { rules: line }).settled;
  expect(state.line).toEqual([slot(1), slot(2), slot(3)]);
  expect(takeSlot(state, { slot: slot(4) }, { rules: line })).toMatchObject({
    kind: 'skipped',
    settled: { lastSlot: { outcome: { reason: 'line_full' } } },
  });
  expect(nextWaitingSlot(state)).toBeUndefined();
  const free = { ...state, open: [] };
  expect(nextWaitingSlot(free)).toBe(slot(1));
  const started = takeWaitingSlot(free);
  expect(started).toMatchObject({
    line: [slot(2), slot(3)],
    open: [slotJobId(state, slot(1))],
    next: slot(4),
    lastSlot: { at: slot(3), outcome: { kind: 'lined_up' } },
  });
});

test('a triggered job keeps the slots as they are, and is the last job', () => {
  const state = takeTriggered(schedule(), { job: 'job_0_now' });
  expect(state).toMatchObject({ next: slot(1), lastJob: 'job_0_now', open: ['job_0_now'] });
  expect(state.lastSlot).toBeUndefined();
});

test('a schedule that is switched on again does not make up for its pause', () => {
  const paused = changeSchedule(schedule(), { enabled: false }, { now: slot(1) + 1 });
  expect(paused).toMatchObject({ activity: { name: 'paused' }, next: null });
  const active = changeSchedule(paused, { enabled: true }, { now: slot(7) + 1 });
  expect(active).toMatchObject({ activity: { name: 'active' }, next: slot(8) });
});

test('a change that changes nothing keeps the slot that is due', () => {
  const { timing } = schedule();
  expect(changeSchedule(schedule(), { timing }, { now: slot(5) }).next).toBe(slot(1));
});

test('switching a schedule on that had stopped itself forgets its failures', () => {
  const activity = { name: 'disabled', code: 'failures', message: '', at: 1 } as const;
  const stopped = schedule({ activity, next: null, failures: ['job_0_a'] });
  expect(changeSchedule(stopped, { enabled: false }, { now: slot(2) }).activity).toEqual(activity);
  expect(changeSchedule(stopped, { enabled: true }, { now: slot(2) })).toMatchObject({
    failures: [],
  });
});

test.each([
  { kind: 'every', seconds: 60, anchor: created, endAt: slot(9) },
  { kind: 'cron', expression: '30 2 * * *', timezone: 'Europe/Berlin', startAt: slot(3) },
] as const)('the timer of a record asks the same slots: $kind', (timing) => {
  const record = changeSchedule(schedule(), { timing }, { now: created });
  const timer = timerOf(record);
  expect(timer && nextOfTimer(timer, created)).toBe(record.next);
});

test('only a schedule with a slot to come needs a timer', () => {
  expect(timerOf(schedule({ next: null }))).toBeNull();
  expect(timerOf(changeSchedule(schedule(), { enabled: false }, { now: created }))).toBeNull();
  expect(timerOf(null)).toBeNull();
});
