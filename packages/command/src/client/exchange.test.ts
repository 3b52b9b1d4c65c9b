import { expect, test } from 'vitest';
import { z } from 'zod';
import { parseRetryAfter, PawlAnswerError, PawlApiError } from './errors.ts';
import { readAnswer } from './exchange.ts';

const Thing = z.object({ id: z.string() });

function failureOf(read: () => unknown): unknown {
  try {
    read();
  } catch (error) {
    return error;
  }
  throw new Error('expected an error');
}

test('a success is parsed with its schema', () => {
  const answer = { status: 200, retryAfter: null, text: '{"id":"a","more":1}' };
  expect(readAnswer(answer, Thing, 0)).toEqual({ id: 'a' });
});

test('a problem keeps its code, its fields, its request id and the time to wait', () => {
  const problem = {
    type: 'about:blank',
    title: 'The request is not valid',
    status: 400,
    code: 'invalid_request',
    detail: 'Two fields are wrong.',
    errors: [
      { path: 'limits.turns', message: 'must be at least 1' },
      { path: '', message: 'must be an object' },
    ],
    request_id: 'r1',
  };
  const error = failureOf(() =>
    readAnswer({ status: 400, retryAfter: '2', text: JSON.stringify(problem) }, Thing, 0),
  );
  expect(error).toBeInstanceOf(PawlApiError);
  expect(error).toMatchObject({
    status: 400,
    code: 'invalid_request',
    detail: 'Two fields are wrong.',
    errors: problem.errors,
    requestId: 'r1',
    retryAfter: 2,
    message: 'Two fields are wrong.\n  limits.turns: must be at least 1\n  must be an object',
  });
});

test("an error page that is not Pawl's is named as that, without its text", () => {
  const error = failureOf(() =>
    readAnswer({ status: 502, retryAfter: null, text: '<html>secret</html>' }, Thing, 0),
  );
  expect(error).toMatchObject({ status: 502, code: 'unexpected_answer' });
  expect(String(error)).not.toContain('secret');
});

test('a redirect is not followed but reported', () => {
  const error = failureOf(() => readAnswer({ status: 302, retryAfter: null, text: '' }, Thing, 0));
  expect(error).toMatchObject({ status: 302, code: 'unexpected_answer' });
});

test('a success that breaks the contract says where', () => {
  const error = failureOf(() =>
    readAnswer({ status: 200, retryAfter: null, text: '{"id":1}' }, Thing, 0),
  );
  expect(error).toBeInstanceOf(PawlAnswerError);
  expect(String(error)).toContain('at id');
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
])('reads %j as %j seconds', (header, seconds) => {
  expect(parseRetryAfter(header, now)).toBe(seconds);
});
