import { expect, test } from 'vitest';
import { createRunningCalls } from './running-calls.ts';

const untilAborted = (signal: AbortSignal) =>
  new Promise<unknown>((resolve) => {
    if (signal.aborted) resolve(signal.reason);
    signal.addEventListener('abort', () => resolve(signal.reason));
  });

test('a call ends with a stop, and with the controller that it is given, before it begins or later', async () => {
  const calls = createRunningCalls();
  const stopped = calls.run('one', untilAborted);
  calls.stop('one');
  expect(await stopped).toEqual(new Error('the call was stopped'));

  const controller = new AbortController();
  const followed = calls.run('two', untilAborted, { controller });
  controller.abort('the lock is lost');
  expect(await followed).toBe('the lock is lost');
  expect(await calls.run('three', untilAborted, { controller })).toBe('the lock is lost');
});
