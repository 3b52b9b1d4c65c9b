import { describe, expect, test } from 'vitest';
import { isRedisUnavailable, isRefusedForNow, refusals } from './redis-unavailable.ts';

describe.each(Object.keys(refusals))('a reply that begins with %s', (code) => {
  test('refuses the command for now', () => {
    expect(isRefusedForNow(new Error(`${code} not now`))).toBe(true);
    expect(isRedisUnavailable(new Error(`${code} not now`))).toBe(true);
  });

  test('refuses it within a script too, as Redis 6.2 tells it', () => {
    const call = 'ERR Error running script (call to f_1a2b): @user_script:18: @user_script: 18';
    expect(isRefusedForNow(new Error(`${call}: -${code} not now`))).toBe(true);
  });

  test('is no refusal in the middle of another error, or as a part of another word', () => {
    expect(isRefusedForNow(new Error(`ERR unknown command '${code}'`))).toBe(false);
    expect(isRefusedForNow(new Error(`${code}KEY Target key name already exists.`))).toBe(false);
  });
});

test('too many clients are a refusal', () => {
  expect(isRefusedForNow(new Error('ERR max number of clients reached'))).toBe(true);
});

const abort = (previousErrors: unknown) =>
  Object.assign(new Error('EXECABORT Transaction discarded because of previous errors.'), {
    previousErrors,
  });

test('a transaction is refused if one of its commands was', () => {
  expect(isRefusedForNow(abort([new Error('OOM command not allowed')]))).toBe(true);
  expect(isRefusedForNow(abort([new Error('ERR unknown command')]))).toBe(false);
  expect(isRefusedForNow(abort(undefined))).toBe(false);
  const named = 'EXECABORT Transaction discarded because of: READONLY You can’t write.';
  expect(isRefusedForNow(new Error(named))).toBe(true);
});

test.each([
  'Connection is closed.',
  "Stream isn't writeable and enableOfflineQueue options is false",
  'Command timed out',
  'Command aborted due to connection close',
  "Cluster isn't ready and enableOfflineQueue options is false",
  'None of startup nodes is available',
])('after "%s" nobody knows whether the command was done', (message) => {
  expect(isRedisUnavailable(new Error(message))).toBe(true);
  expect(isRefusedForNow(new Error(message))).toBe(false);
});

test('errors of sockets and of ioredis’s retries mean that Redis is away', () => {
  const refused = Object.assign(new Error('connect'), { code: 'ECONNREFUSED' });
  const retries = Object.assign(new Error('Reached the max retries'), {
    name: 'MaxRetriesPerRequestError',
  });
  expect([refused, retries].map(isRedisUnavailable)).toEqual([true, true]);
});

test('a defect is neither', () => {
  const defects = [new TypeError('x is undefined'), new Error('ERR wrong arguments'), 'text', null];
  expect(defects.map(isRedisUnavailable)).toEqual([false, false, false, false]);
  expect(defects.map(isRefusedForNow)).toEqual([false, false, false, false]);
});
