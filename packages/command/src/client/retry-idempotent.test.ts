import { expect, test } from 'vitest';
import { PawlAnswerError, PawlApiError, PawlConnectionError } from './errors.ts';
import { isTransient, retryIdempotent } from './retry-idempotent.ts';

const atOnce = { retries: 2, firstPauseMilliseconds: 0, longestPauseMilliseconds: 0 };
const unavailable = new PawlApiError({
  status: 503,
  code: 'storage_unavailable',
  detail: 'Redis does not answer.',
});

test('repeats until it succeeds', async () => {
  const outcomes = [unavailable, new PawlConnectionError('refused'), 'done'];
  const result = await retryIdempotent(
    () => {
      const outcome = outcomes.shift();
      return typeof outcome === 'string' ? Promise.resolve(outcome) : Promise.reject(outcome);
    },
    atOnce,
    undefined,
  );
  expect(result).toBe('done');
  expect(outcomes).toEqual([]);
});

test('gives up with the last error', async () => {
  let attempts = 0;
  const attempt = () => {
    attempts += 1;
    return Promise.reject(unavailable);
  };
  await expect(retryIdempotent(attempt, atOnce, undefined)).rejects.toBe(unavailable);
  expect(attempts).toBe(3);
});

test('an aborted wait ends at once with an error', async () => {
  const controller = new AbortController();
  const slow = { ...atOnce, firstPauseMilliseconds: 60_000, longestPauseMilliseconds: 60_000 };
  const result = retryIdempotent(() => Promise.reject(unavailable), slow, controller.signal);
  controller.abort(new Error('enough'));
  await expect(result).rejects.toThrow('enough');
});

test.each([
  ['a dropped connection', new PawlConnectionError('reset'), true],
  ['503', unavailable, true],
  ['a 503 that asks for an hour', apiError(503, 3_600), false],
  ['502 from a proxy', apiError(502), true],
  ['429', apiError(429, 1), true],
  ['409', apiError(409), false],
  ['500', apiError(500), false],
  ['an answer that breaks the contract', new PawlAnswerError('wrong'), false],
])('%s: transient is %s', (_name, error, transient) => {
  expect(isTransient(error)).toBe(transient);
});

function apiError(status: number, retryAfter?: number): PawlApiError {
  return new PawlApiError({ status, code: 'some_code', detail: 'Something.', retryAfter });
}
