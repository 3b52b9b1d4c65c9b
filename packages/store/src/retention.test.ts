import { readEnvironment } from '@pawl/runtime';
import { expect, test } from 'vitest';
import { z } from 'zod';
import {
  deliveryAge,
  earliestErasure,
  isCounted,
  retentionSettings,
  retentionVariables,
} from './retention.ts';

const read = (source: Record<string, string>) =>
  retentionSettings(readEnvironment(z.object(retentionVariables), source));

const day = 86_400_000;

test('what has ended is kept for 30 days and in any number, where nothing else is said', () => {
  const { retention, events } = read({});
  expect(retention.jobs).toEqual({ age: 30 * day, count: undefined });
  expect(events).toEqual({ age: day, count: 10_000 });
  expect(isCounted(retention)).toBe(false);
});

const ageOf = (text: string) => read({ JOB_RETENTION: text }).retention.jobs.age;

test('a duration is minutes, hours or days', () => {
  expect(ageOf('1m')).toBe(60_000);
  expect(ageOf('90m')).toBe(5_400_000);
  expect(ageOf('1.5h')).toBe(5_400_000);
  expect(ageOf('7d')).toBe(7 * day);
});

test.each(['30', '30 days', '0m', '0.5m', '-1d', '1s', '99999999d', 'd'])(
  'a duration of %j is refused with what is taken',
  (text) => {
    expect(() => read({ EVENT_RETENTION: text })).toThrow(
      'EVENT_RETENTION is not usable: must be minutes, hours or days from 1m on',
    );
  },
);

test('the former name in days works, and the newer one counts where both are set', () => {
  const former = { JOB_RETENTION_DAYS: '0.5' };
  expect(read(former).retention.jobs.age).toBe(day / 2);
  expect(read({ ...former, JOB_RETENTION: '10m' }).retention.jobs.age).toBe(600_000);
});

test('a number of any kind has tenants counted', () => {
  for (const kind of ['JOB', 'CONVERSATION', 'WEBHOOK']) {
    expect(isCounted(read({ [`${kind}_RETENTION_COUNT`]: '5' }).retention)).toBe(true);
  }
});

test('a job is looked at when it or its conversation may have been kept for long enough', () => {
  expect(earliestErasure(100, { jobs: { age: 50 } })).toBe(150);
  expect(earliestErasure(100, { jobs: { age: 50 }, conversations: { age: 20 } })).toBe(120);
  expect(earliestErasure(100, { jobs: { age: 50 }, conversations: { age: 200 } })).toBe(150);
});

test('a delivery goes with its job, or before it', () => {
  const jobs = { age: 50 };
  expect(deliveryAge(true, { jobs })).toBeUndefined();
  expect(deliveryAge(true, { jobs, deliveries: { age: 60 } })).toBeUndefined();
  expect(deliveryAge(true, { jobs, deliveries: { age: 20 } })).toBe(20);
  expect(deliveryAge(false, { jobs })).toBe(50);
  expect(deliveryAge(false, { jobs, deliveries: { age: 20 } })).toBe(20);
});
