import { expect, test } from 'vitest';
import { paced } from './paced.ts';

/** Reads that end when somebody says so. */
function heldReads() {
  const ends: (() => void)[] = [];
  const read = () => new Promise<void>((resolve) => ends.push(resolve));
  return { ends, read };
}

test('what changes within a pause is read once', async () => {
  const { ends, read } = heldReads();
  const { soon, stop } = paced(read, 1);
  for (let times = 0; times < 5; times += 1) soon();
  await expect.poll(() => ends.length).toBe(1);
  stop();
});

test('what changes while it is read is read again, once that reading is done', async () => {
  const { ends, read } = heldReads();
  const { soon, stop } = paced(read, 1);
  soon();
  await expect.poll(() => ends.length).toBe(1);
  soon();
  soon();
  expect(ends).toHaveLength(1);
  ends[0]?.();
  await expect.poll(() => ends.length).toBe(2);
  stop();
});

test('a reading that fails does not keep the next one away', async () => {
  let reads = 0;
  const { soon, stop } = paced(() => {
    reads += 1;
    return Promise.reject(new Error('away'));
  }, 1);
  soon();
  await expect.poll(() => reads).toBe(1);
  soon();
  await expect.poll(() => reads).toBe(2);
  stop();
});
