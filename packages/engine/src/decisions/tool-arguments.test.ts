import { expect, test } from 'vitest';
import { createArgumentChecker } from './tool-arguments.ts';

const problemsOf = createArgumentChecker();
const schema = {
  type: 'object',
  properties: {
    to: { type: 'string', format: 'email' },
    labels: { type: 'array', items: { type: 'string' } },
  },
  required: ['to'],
  additionalProperties: false,
};

test.each([
  [{ to: 'a@b.example' }, []],
  [{ to: 'a@b.example', labels: ['x'] }, []],
  [{}, ["the arguments must have required property 'to'"]],
  [{ to: 'nobody' }, ['to must match format "email"']],
  [{ to: 'a@b.example', labels: [1] }, ['labels/0 must be string']],
  [{ to: 'a@b.example', cc: '' }, ['the arguments must NOT have additional properties (cc)']],
])('%o has the problems %o', (input, problems) => {
  expect(problemsOf(schema, input)).toEqual(problems);
});

test('a schema that can’t be compiled checks nothing', () => {
  expect(problemsOf({ type: 'no-such-type' }, { anything: true })).toEqual([]);
});

test('many problems are cut short', () => {
  const strict = { type: 'object', additionalProperties: false };
  const input = Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`key${index}`, 1]));
  expect(problemsOf(strict, input)).toHaveLength(5);
});
