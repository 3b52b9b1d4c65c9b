import { expect, test } from 'vitest';
import { countRepeats } from './repeated-errors.ts';

function openLog() {
  let time = 0;
  const lines: string[] = [];
  const line = (_fields: object, text: string) => void lines.push(text);
  const log = countRepeats({ warn: line, error: line }, { interval: 1_000, now: () => time });
  const fail = (text: string) => log.error({ err: new Error(text) }, 'sweep failed');
  return { lines, fail, pass: (milliseconds: number) => void (time += milliseconds) };
}

test('an error is logged once, then counted', () => {
  const { lines, fail, pass } = openLog();
  for (let time = 0; time < 100; time += 1) fail('NOREPLICAS');
  expect(lines).toEqual(['sweep failed']);
  pass(2_000);
  fail('NOREPLICAS');
  expect(lines).toEqual(['sweep failed', 'sweep failed (repeated 100 times in 2 s)']);
});

test('an error that differs in ids and numbers only is the same one', () => {
  const { lines, fail } = openLog();
  fail('job job_0_abc of shard 3 failed');
  fail('job job_0_def of shard 4 failed');
  expect(lines).toHaveLength(1);
});

test('another error is told beside it, and one that comes again later is new', () => {
  const { lines, fail, pass } = openLog();
  fail('NOREPLICAS');
  fail('OOM');
  expect(lines).toHaveLength(2);
  fail('OOM');
  pass(1_000);
  fail('OOM');
  pass(1_000);
  fail('MISCONF');
  fail('MISCONF');
  fail('NOREPLICAS');
  expect(lines).toHaveLength(5);
});
