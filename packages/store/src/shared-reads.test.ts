import { setImmediate as later } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { shareReads } from './shared-reads.ts';

test('reads of the same thing are one within a turn of the event loop, and anew in the next', async () => {
  const asked: string[] = [];
  const read = shareReads(async (name) => {
    asked.push(name);
    return asked.length;
  });
  expect(await Promise.all([read('a'), read('a'), read('b')])).toEqual([1, 1, 2]);
  await later();
  expect(await read('a')).toBe(3);
  expect(asked).toEqual(['a', 'b', 'a']);
});
