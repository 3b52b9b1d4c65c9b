import { expect, test } from 'vitest';
import { parseRetryAfter, PawlApiError, PawlConnectionError } from './errors.ts';
import { isRefusedForNow, isTransient, pauseBefore, repeat } from './repeat.ts';

const quick = {
  retries: 3,
  firstPauseMilliseconds: 1,
  longestPauseMilliseconds: 2,
  longestMilliseconds: 60_000,
};

const answered = (status: number, retryAfter?: number) =>
  new PawlApiError({ status, code: 'any', detail: 'Any.', retryAfter });
const lost = new PawlConnectionError('gone');

/** How often something was tried that always fails, and how it ended. */
async function attemptsUntilGivenUp(
  error: Error,
  settings = quick,
  mayRepeat: (error: unknown) => boolean = isTransient,
) {
  let attempts = 0;
  const attempt = async () => {
    attempts += 1;
    throw error;
  };
  await expect(repeat(attempt, mayRepeat, settings, undefined)).rejects.toBe(error);
  return attempts;
}

test('what may pass by itself is tried again, as often as the settings say', async () => {
  expect(await attemptsUntilGivenUp(lost)).toBe(4);
  for (const status of [502, 503, 504]) {
    expect(await attemptsUntilGivenUp(answered(status))).toBe(4);
  }
  for (const status of [400, 404, 409, 500, 501]) {
    expect(await attemptsUntilGivenUp(answered(status))).toBe(1);
  }
});

test('what has no key is only repeated when it was refused', async () => {
  expect(await attemptsUntilGivenUp(answered(429, 0), quick, isRefusedForNow)).toBe(4);
  expect(await attemptsUntilGivenUp(answered(503, 0), quick, isRefusedForNow)).toBe(1);
  expect(await attemptsUntilGivenUp(lost, quick, isRefusedForNow)).toBe(1);
  expect(await attemptsUntilGivenUp(answered(429), quick, isRefusedForNow)).toBe(1);
});

test('what asks for more time than there is, is not waited for', async () => {
  const settings = { ...quick, longestMilliseconds: 10_000 };
  expect(await attemptsUntilGivenUp(answered(503, 3_600), settings)).toBe(1);
});

test('pauses double up to the longest, differ by chance, and are what was asked for at least', () => {
  const settings = { ...quick, firstPauseMilliseconds: 100, longestPauseMilliseconds: 1_000 };
  const first = Array.from({ length: 20 }, () => pauseBefore(0, lost, settings));
  expect(Math.min(...first)).toBeGreaterThanOrEqual(100);
  expect(Math.max(...first)).toBeLessThanOrEqual(200);
  expect(new Set(first).size).toBeGreaterThan(1);
  expect(pauseBefore(10, lost, settings)).toBe(1_000);
  expect(pauseBefore(0, answered(503, 2), settings)).toBeGreaterThanOrEqual(2_000);
});

test('an attempt is told why the one before has failed', async () => {
  const told: unknown[] = [];
  const attempt = async (previous: unknown) => {
    told.push(previous);
    if (told.length < 2) throw lost;
    return 'done';
  };
  expect(await repeat(attempt, isTransient, quick, undefined)).toBe('done');
  expect(told).toEqual([undefined, lost]);
});

test('an abort ends a pause', async () => {
  const controller = new AbortController();
  const attempt = async () => {
    controller.abort(new Error('enough'));
    throw answered(503, 30);
  };
  await expect(repeat(attempt, isTransient, quick, controller.signal)).rejects.toThrow('enough');
  const settings = { ...quick, firstPauseMilliseconds: 30_000, longestPauseMilliseconds: 30_000 };
  const later = new AbortController();
  const waiting = repeat(
    async () => {
      queueMicrotask(() => later.abort(new Error('enough')));
      throw lost;
    },
    isTransient,
    settings,
    later.signal,
  );
  await expect(waiting).rejects.toThrow('enough');
});

const now = Date.parse('2026-03-01T12:00:00Z');

test.each([
  ['3', 3],
  [' 0 ', 0],
  ['Sun, 01 Mar 2026 12:00:05 GMT', 5],
  ['Sun, 01 Mar 2026 11:00:00 GMT', 0],
  ['soon', undefined],
  ['', undefined],
  [null, undefined],
])('a Retry-After of %j is %j seconds', (header, seconds) => {
  expect(parseRetryAfter(header, now)).toBe(seconds);
});
