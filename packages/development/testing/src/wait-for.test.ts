import { expect, test } from 'vitest';
import { waitFor } from './wait-for.ts';

test('gives what the condition gave once it held', async () => {
  let calls = 0;
  const value = await waitFor(() => (++calls < 3 ? undefined : `call ${calls}`), {
    intervalMilliseconds: 1,
  });
  expect(value).toBe('call 3');
});

test('takes a failed expectation as "not yet"', async () => {
  let calls = 0;
  const value = await waitFor(
    () => {
      expect(++calls).toBe(2);
      return true;
    },
    { intervalMilliseconds: 1 },
  );
  expect(value).toBe(true);
});

test('says what it waited for and why it did not come', async () => {
  await expect(
    waitFor(() => Promise.reject(new Error('status is queued')), {
      timeoutMilliseconds: 5,
      intervalMilliseconds: 1,
      what: 'the end',
    }),
  ).rejects.toThrow('Waited 5 ms in vain for the end: status is queued');
});
