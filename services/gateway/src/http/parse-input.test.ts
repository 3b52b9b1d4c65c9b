import { ApprovalDecision } from '@pawl/contracts';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { parseInput } from './parse-input.ts';
import { type InvalidField, ProblemError } from './problem.ts';

function problemsOf(schema: z.ZodType, input: unknown): readonly InvalidField[] {
  try {
    parseInput(schema, input);
    return [];
  } catch (error) {
    if (error instanceof ProblemError) return error.invalidFields;
    throw error;
  }
}

const required = (path: string) => [{ path, message: 'is required' }];

test.each([
  ['a string', z.string()],
  ['a choice', z.enum(['one', 'other'])],
  ['a union', z.union([z.string(), z.number()])],
  ['any JSON', z.json()],
  ['a value with a rule', z.custom((value) => value !== undefined, 'must be there')],
])('%s that is left out is required', (_what, field) => {
  expect(problemsOf(z.strictObject({ field }), {})).toEqual(required('field'));
});

test('a decision without what it needs is told so', () => {
  expect(problemsOf(ApprovalDecision, { decision: 'respond' })).toEqual(required('output'));
  expect(problemsOf(ApprovalDecision, { decision: 'reject' })).toEqual(required('message'));
  expect(problemsOf(ApprovalDecision, { decision: 'respond', output: null })).toEqual([]);
});

test('a rule that a whole body breaks keeps its own words', () => {
  const body = z.strictObject({ cron: z.string().optional() }).refine((each) => each.cron, {
    path: ['cron'],
    message: 'Give cron',
  });
  expect(problemsOf(body, {})).toEqual([{ path: 'cron', message: 'give cron' }]);
});

test('a request without a body is asked for one', () => {
  const message = 'there is no body: send a JSON object';
  expect(problemsOf(z.strictObject({}), undefined)).toEqual([{ path: '', message }]);
  expect(problemsOf(ApprovalDecision, undefined)).toEqual([{ path: '', message }]);
});
