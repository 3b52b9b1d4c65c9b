import { argumentsDepthLimit } from '@pawl/contracts';
import { expect, test } from 'vitest';
import type { Tool } from '../domain/tool.ts';
import { checkableCalls, prepareCalls, requestedCalls, type ToolSet } from './prepare.ts';

const tool: Tool = {
  name: 'gmail_send_message',
  description: '',
  inputSchema: { type: 'object' },
  connection: 'gmail',
};
const toolSet: ToolSet = {
  tools: [{ name: 'send', tool }],
  policy: { deny: ['gmail_delete_*'] },
  effectOf: () => 'idempotent',
  problemsOf: () => [],
  link: 'link',
};
const turn = { turn: 2, sequence: 7, now: 50 };
const asks = (text: string, name = 'send') => [
  { id: 'call_a', function: { name, arguments: text } },
];
const prepared = (
  text: string,
  { name = 'send', ...parts }: Partial<ToolSet> & { name?: string } = {},
) => prepareCalls(asks(text, name), { ...toolSet, ...parts }, turn)[0];

test('a call that fits is ready, under the names of its tool, and recorded with its arguments', () => {
  expect(prepared('{"to":"ann"}')).toEqual({
    call: {
      callId: 'call_a',
      name: 'send',
      tool: 'gmail_send_message',
      connection: 'gmail',
      effect: 'idempotent',
      inDoubt: false,
      step: { status: 'ready', since: 7, epoch: 0, attempts: 0, crashes: 0, notBefore: 50 },
    },
    records: [
      {
        kind: 'call',
        turn: 2,
        index: 0,
        callId: 'call_a',
        name: 'send',
        tool: 'gmail_send_message',
        connection: 'gmail',
        rawArguments: '{"to":"ann"}',
        arguments: { to: 'ann' },
      },
    ],
  });
});

test.each(['', '  '])('no text at all stands for no arguments: “%s”', (text) => {
  expect(prepared(text)?.records).toMatchObject([{ arguments: {} }]);
});

const nested = (levels: number) => `{"a":${'['.repeat(levels)}${']'.repeat(levels)}}`;

test.each([
  ['a tool that does not exist', '{}', { name: 'fly' }, 'unknown_tool'],
  ['a tool that the job may not call', '{}', { policy: { deny: ['gmail_*'] } }, 'tool_denied'],
  ['arguments that are not JSON', '{"a":', {}, 'invalid_json'],
  ['arguments that are no object', '[1]', {}, 'invalid_arguments'],
  ['arguments that are nested too deep', nested(argumentsDepthLimit), {}, 'invalid_arguments'],
  ['a number that would lose digits', '{"a":12345678901234567890}', {}, 'inexact_number'],
  ['arguments that do not fit', '{}', { problemsOf: () => ['to is missing'] }, 'invalid_arguments'],
])('%s are refused before anything runs: the model is told', (_name, text, parts, code) => {
  const refused = prepared(text, parts);
  expect(refused?.call).toMatchObject({ step: { status: 'settled', outcome: 'refused' } });
  const [record, outcome] = refused?.records ?? [];
  expect(record).not.toHaveProperty('arguments');
  expect(record).toMatchObject({ kind: 'call', rawArguments: text });
  expect(outcome).toEqual({
    kind: 'outcome',
    turn: 2,
    index: 0,
    attempts: 0,
    finishedAt: 50,
    answer: { failure: { code, message: expect.any(String), retryable: false } },
  });
});

test('a tool that does not exist counts as one that writes, of no connection', () => {
  expect(prepared('{}', { name: 'fly' })?.call).toMatchObject({
    tool: 'fly',
    connection: '',
    effect: 'writes',
  });
});

test('in what arguments do not fit is asked for by the call’s place, and said', () => {
  const calls = [...asks('{}'), ...asks('{}')];
  const problems = [[], ['to is missing', 'body is no text']];
  const problemsOf = (index: number) => problems[index] ?? [];
  const [first, second] = prepareCalls(calls, { ...toolSet, problemsOf }, turn);
  expect(first?.call.step.status).toBe('ready');
  expect(second?.records[1]).toMatchObject({
    index: 1,
    answer: {
      failure: { message: 'The arguments do not fit send: to is missing; body is no text.' },
    },
  });
});

test('a reply that may not be acted on has none of its calls made, each with the reason', () => {
  const notMade = { code: 'cut_off', message: 'The reply was cut off.', retryable: false };
  const [refused] = prepareCalls(asks('{}'), toolSet, { ...turn, notMade });
  expect(refused?.call.step).toMatchObject({ status: 'settled', outcome: 'refused' });
  expect(refused?.records[1]).toMatchObject({ answer: { failure: notMade } });
});

test('only calls of known tools with readable arguments are checked against a schema', () => {
  const calls = [...asks('{"a":'), ...asks('{}', 'fly'), ...asks('{"to":"ann"}')];
  expect(checkableCalls(calls, toolSet)).toEqual([{ index: 2, tool, arguments: { to: 'ann' } }]);
});

test('a message without calls asks for none', () => {
  expect(requestedCalls({ role: 'assistant', content: 'Done.' })).toEqual([]);
  expect(requestedCalls({ tool_calls: asks('{}') })).toEqual(asks('{}'));
});
