import { expect, test } from 'vitest';
import { createRunningCalls } from './running-calls.ts';

const untilAborted = (signal: AbortSignal) =>
  new Promise<unknown>((resolve) => {
    if (signal.aborted) resolve(signal.reason);
    signal.addEventListener('abort', () => resolve(signal.reason));
  });

test('a call ends with a stop, and with the signal that it follows, before it begins or later', async () => {
  const calls = createRunningCalls();
  const task = new AbortController();
  const stopped = calls.run('one', untilAborted, { signal: task.signal });
  calls.stop('one');
  expect(await stopped).toEqual(new Error('the call was stopped'));

  const followed = calls.run('two', untilAborted, { signal: task.signal });
  task.abort('the lock is lost');
  expect(await followed).toBe('the lock is lost');
  expect(await calls.run('three', untilAborted, { signal: task.signal })).toBe('the lock is lost');
});
