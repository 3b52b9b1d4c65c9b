import type { CallRecord, Json, JsonObject } from '@pawl/contracts';
import { describe, expect, test } from 'vitest';
import { turnRecord } from '../../test/job.ts';
import { createCallIds, repairedTurn } from './repaired-turn.ts';

const own = { job: 'job_0_a', model: 'own', ids: createCallIds() };
const other = { ...own, model: 'other' };

/** What a reply with this content is, in a request for its own model or another one. */
function contentFor(repair: typeof own, message: JsonObject): Json | undefined {
  const record = { ...turnRecord(message), requestedModel: 'own' };
  return repairedTurn({ record, calls: [] }, repair)[0]?.['content'];
}

describe('what a reply says', () => {
  const thinking = { type: 'thinking', thinking: 'Hm.' };
  const said = { type: 'text', text: 'Hello' };

  test.each<[string, Json, Json | undefined]>([
    ['a text', 'Hello', 'Hello'],
    [
      'text parts, whatever form they have',
      [said, { text: ', ' }, { type: 'output_text', text: 'you' }, '.'],
      'Hello, you.',
    ],
    ['no blank parts', [{ type: 'text', text: ' ' }, said, '', { type: 'text' }], 'Hello'],
    ['nothing, where all is blank', ['  ', { type: 'text', text: '\n' }], undefined],
    ['nothing, where there is no part', [], undefined],
    ['nothing, for parts that are nothing', [null, 7, { text: 7 }], undefined],
  ])('is %s', (_name, content, expected) => {
    expect(contentFor(own, { content })).toEqual(expected);
    expect(contentFor(other, { content })).toEqual(expected);
  });

  test('keeps its parts that are no text for the model that wrote them', () => {
    expect(contentFor(own, { content: [thinking, said] })).toEqual([thinking, said]);
    expect(contentFor(other, { content: [thinking, said] })).toBe('Hello');
    expect(contentFor(other, { content: [thinking] })).toBeUndefined();
  });

  test('is its refusal where it says nothing else', () => {
    expect(contentFor(own, { content: null, refusal: 'I will not.' })).toBe('I will not.');
    expect(contentFor(own, { content: 'Hello', refusal: 'I will not.' })).toBe('Hello');
    expect(contentFor(own, { content: null, refusal: ' ' })).toBeUndefined();
  });
});

test('an id goes back as it came up to 40 characters, and never twice', () => {
  const ids = createCallIds();
  const next = (id: string, parts = {}) =>
    ids.next({ id, place: 'job 0 0', isOwn: true, ...parts });
  expect(next('a'.repeat(40))).toBe('a'.repeat(40));
  const short = /^[0-9a-z]{9}$/;
  const derived = [
    next('a'.repeat(41)),
    next('a'.repeat(40)),
    next('not ascii: é'),
    next('of another model', { isOwn: false }),
  ];
  for (const id of derived) expect(id).toMatch(short);
  expect(new Set(derived).size).toBe(derived.length);
});

test('what the model was told of its answer follows it', () => {
  const record = { ...turnRecord({ content: '{}' }), correction: 'It does not fit.' };
  expect(repairedTurn({ record, calls: [] }, own).slice(1)).toEqual([
    { role: 'user', content: 'It does not fit.' },
  ]);
});

test.each([
  ['{"to":"ann"}', '{"to":"ann"}'],
  [' {} ', '{}'],
  ['{"a":', '{}'],
  ['[1]', '{}'],
  ['null', '{}'],
  ['7', '{}'],
])('the arguments %s go back as the text of an object', (rawArguments, expected) => {
  const call: CallRecord = {
    kind: 'call',
    turn: 0,
    index: 0,
    callId: 'call_a',
    name: 'tool with spaces',
    tool: 'tool',
    connection: 'gmail',
    rawArguments,
  };
  const calls = [{ record: call, answer: { output: 'done' } }];
  const [message] = repairedTurn({ record: turnRecord({ content: null }), calls }, own);
  expect(message?.['tool_calls']).toMatchObject([
    { type: 'function', function: { name: 'tool_with_spaces', arguments: expected } },
  ]);
});
