import type { Json, StepRecord } from '@pawl/contracts';
import { expect, test } from 'vitest';
import { jobWith } from '../../test/job.ts';
import { answerReadToolResult, cutResults } from './tool-result.ts';

const state = jobWith();

const call = (index: number, connection = 'gmail'): StepRecord => ({
  kind: 'call',
  turn: 0,
  index,
  callId: `c${index}`,
  name: 'fetch',
  tool: 'fetch',
  connection,
  rawArguments: '{}',
});

const outcome = (index: number, output: Json): StepRecord => ({
  kind: 'outcome',
  turn: 0,
  index,
  attempts: 1,
  finishedAt: 1,
  answer: { output },
});

const historyOf = (...steps: StepRecord[]) => ({ job: state, prompt: 'Do it.', steps });

const outputOf = (history: { readonly steps: readonly StepRecord[] }, index = 0): string => {
  const found = history.steps.find((step) => step.kind === 'outcome' && step.index === index);
  const answer = found?.kind === 'outcome' ? found.answer : undefined;
  const output = answer !== undefined && 'output' in answer ? answer.output : '';
  return typeof output === 'string' ? output : JSON.stringify(output);
};

const smile = '\u{1F600}';

test.each([null, '', 'short', { a: [1] }, [], 0, false])('%j is given as it is', (output) => {
  const history = historyOf(call(0), outcome(0, output));
  expect(cutResults(history, 10)).toEqual({ history, isCut: false });
});

test('of a long result the beginning is given, with the way to the rest', () => {
  const { history, isCut } = cutResults(historyOf(call(0), outcome(0, 'a'.repeat(5_000))), 100);
  expect(isCut).toBe(true);
  expect(outputOf(history)).toBe(
    `${'a'.repeat(100)}\n(Cut: this result has 5000 characters, of which the first 100 are here. ` +
      'The rest: read_tool_result with {"result":"call_0_a-0-0","from":100})',
  );
});

test('what is over by a little is given whole', () => {
  const history = historyOf(call(0), outcome(0, 'a'.repeat(600)));
  expect(cutResults(history, 100)).toEqual({ history, isCut: false });
});

test('NUL is replaced, and the stored result is not touched', () => {
  const stored = historyOf(call(0), outcome(0, 'a\0b'));
  expect(outputOf(cutResults(stored, 100).history)).toBe('a\uFFFDb');
  expect(outputOf(stored)).toBe('a\0b');
});

test('Pawl’s own answers are not cut again', () => {
  const history = historyOf(call(0, 'pawl'), outcome(0, 'a'.repeat(5_000)));
  expect(cutResults(history, 100)).toEqual({ history, isCut: false });
});

test('a cut result says when digits of its numbers are lost', () => {
  const long = { id: 2 ** 60, text: 'a'.repeat(5_000) };
  const { history } = cutResults(historyOf(call(0), outcome(0, long)), 100);
  expect(outputOf(history)).toContain('Do not use such a number');
});

test('page by page the whole result is read, and no character is cut in two', () => {
  const whole = `x${smile.repeat(20_000)}`;
  const steps = [call(0), outcome(0, whole)];
  const { history } = cutResults(historyOf(...steps), 100);
  const [, from = ''] = /"from":(\d+)/.exec(outputOf(history)) ?? [];
  let text = outputOf(history).split('\n')[0] ?? '';
  let pages = 0;
  for (let next: number | null = Number(from); next !== null; pages += 1) {
    const answer = answerReadToolResult(steps, { result: 'call_0_a-0-0', from: next });
    if (!('output' in answer)) throw new Error(answer.failure.message);
    const page = answer.output as { text: string; next: number | null; characters: number };
    expect(page.characters).toBe(whole.length);
    expect(page.text.isWellFormed()).toBe(true);
    text += page.text;
    next = page.next;
  }
  expect(text).toBe(whole);
  expect(pages).toBe(3);
});

test('JSON is read as its text', () => {
  const steps = [call(0), outcome(0, { a: [1, 2] })];
  expect(answerReadToolResult(steps, { result: 'call_0_a-0-0', from: 2 })).toEqual({
    output: { from: 2, characters: 11, text: 'a":[1,2]}', next: null },
  });
});

test.each([
  ['an id of another shape', { result: 'x' }],
  ['a call that has no outcome', { result: 'call_0_a-0-1' }],
  ['no id', {}],
])('%s is refused', (_name, input) => {
  const answer = answerReadToolResult([call(0), outcome(0, 'a')], input);
  expect(answer).toMatchObject({ failure: { code: 'result_not_found', retryable: false } });
});

test('beyond the end there is nothing more', () => {
  const steps = [call(0), outcome(0, 'abc')];
  expect(answerReadToolResult(steps, { result: 'call_0_a-0-0', from: 99 })).toEqual({
    output: { from: 99, characters: 3, text: '', next: null },
  });
});
