import { expect, test } from 'vitest';
import { measureRetention } from '../src/memory/measure-retention.ts';
import { withTestbed } from '../src/testbed/testbed.ts';

/** `npm run measure:memory -- --retention 10000` is the long form. */
const jobs = 300;

test('jobs and their retention leave Redis as large as it was', async () => {
  await withTestbed({}, async (testbed) => {
    const { before, full, after, added } = await measureRetention(testbed, jobs);
    expect(full.keys - before.keys).toBeGreaterThan(3 * jobs);
    expect(added).toEqual([]);
    expect(after.keys).toBe(before.keys);
    expect(Math.abs(after.bytes / before.bytes - 1)).toBeLessThan(0.02);
  });
}, 300_000);
