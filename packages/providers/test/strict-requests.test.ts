import type { CallRecord, Json, JsonObject, JobState, StepRecord } from '@pawl/contracts';
import { modelMessages, nameTools, type JobHistory } from '@pawl/engine';
import { createEndpoint, parseChatRequest } from '@pawl/sandbox';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chatRequest } from '../src/model/chat-request.ts';

/** Everything that any kind of endpoint refuses, at once. */
const strictest = createEndpoint({ knownMessageFields: true, nineCharacterIds: true });
const strict = createEndpoint({});

const model = 'asked/now';
const other = 'asked/before';

/** Texts as parties write them: blank, half an emoji, control characters, nothing. */
const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.constantFrom('', ' ', '\n', 'Done.', '\uD83D', 'a\uDE00b', '😀', '\u0000'),
);
const json = fc.jsonValue({ maxDepth: 3 }) as fc.Arbitrary<Json>;

const argumentsText = fc.oneof(
  fc.json({ maxDepth: 3 }),
  text,
  fc.constantFrom('{}', '[]', 'null', '"{}"', '{"a":', '{"a":"\\ud83d"}', '{"a":1}{"b":2}', '7'),
  fc.integer({ min: 1, max: 200 }).map((depth) => '{"a":'.repeat(depth) + '1' + '}'.repeat(depth)),
);

const id = fc.oneof(
  text,
  fc.constantFrom('call_1', 'x'.repeat(60), 'functions.send:0', 'id with blanks'),
);
const name = fc.oneof(text, fc.constantFrom('gmail_send', 'a.b/c', 'n'.repeat(80)));

const content = fc.oneof(
  text,
  fc.constantFrom<Json>(
    null,
    [],
    [{ type: 'text', text: '' }],
    [{ type: 'text' }],
    ['a', 'b'],
    7,
    {},
  ),
  fc.array(fc.record({ type: fc.constantFrom('text', 'thinking', 'output_text'), text }), {
    maxLength: 3,
  }) as fc.Arbitrary<Json>,
);

/** Whatever an endpoint puts beside what it says. */
const fields = fc.dictionary(
  fc.constantFrom(
    'reasoning',
    'reasoning_details',
    'reasoning_content',
    'audio',
    'annotations',
    'function_call',
  ),
  json,
  { maxKeys: 3 },
) as fc.Arbitrary<JsonObject>;

const call = fc.record({
  id,
  name,
  arguments: argumentsText,
  answer: fc.option(json, { nil: undefined }),
});

const turn = fc.record({
  content,
  refusal: fc.option(text, { nil: undefined }),
  fields,
  calls: fc.array(call, { maxLength: 3 }),
  toolCalls: fc.constantFrom<'as said' | 'null' | 'none' | 'empty'>(
    'as said',
    'null',
    'none',
    'empty',
  ),
  requestedModel: fc.constantFrom<string | undefined>(model, other, undefined),
});

type OddTurn = typeof turn extends fc.Arbitrary<infer Value> ? Value : never;

const ending = fc.constantFrom<Extract<JobState['phase'], { name: 'ended' }>['ending']>(
  { status: 'completed' },
  { status: 'cancelled', by: 'api' },
  { status: 'expired' },
  { status: 'incomplete', stopReason: 'turns' },
  { status: 'incomplete', stopReason: 'content_filter' },
  { status: 'failed', failure: { code: 'model_content_filtered', message: '', retryable: false } },
  { status: 'failed', failure: { code: 'model_unavailable', message: '', retryable: true } },
);

const job = fc.record({ prompt: text, turns: fc.array(turn, { maxLength: 4 }), ending });

function recordsOf(odd: OddTurn, index: number): StepRecord[] {
  const toolCalls = odd.calls.map((each) => ({
    id: each.id,
    type: 'function',
    function: { name: each.name, arguments: each.arguments },
  }));
  const message: JsonObject = {
    role: 'assistant',
    content: odd.content,
    ...odd.fields,
    ...(odd.refusal === undefined ? {} : { refusal: odd.refusal }),
    ...{
      'as said': { tool_calls: toolCalls },
      null: { tool_calls: null },
      none: {},
      empty: { tool_calls: [] },
    }[odd.toolCalls],
  };
  return [
    {
      kind: 'turn',
      turn: index,
      message,
      finishReason: 'stop',
      model: 'answered',
      ...(odd.requestedModel === undefined ? {} : { requestedModel: odd.requestedModel }),
      toolsLoaded: 1,
      attempts: 1,
      startedAt: 0,
      finishedAt: 1,
      inputTokens: 0,
      outputTokens: 0,
      costUsd: 0,
    },
    ...odd.calls.flatMap((each, at): StepRecord[] => {
      const record: CallRecord = {
        kind: 'call',
        turn: index,
        index: at,
        callId: each.id,
        name: each.name,
        tool: each.name,
        connection: 'gmail',
        rawArguments: each.arguments,
      };
      const outcome = {
        kind: 'outcome',
        turn: index,
        index: at,
        attempts: 1,
        finishedAt: 1,
      } as const;
      return each.answer === undefined
        ? [record]
        : [record, { ...outcome, answer: { output: each.answer } }];
    }),
  ];
}

function historyOf(
  odd: { prompt: string; turns: OddTurn[]; ending: unknown },
  place: number,
): JobHistory {
  const state = {
    id: `job_0_${place}`,
    turn: odd.turns.length,
    claims: [],
    phase: { name: 'ended', at: 1, ending: odd.ending, from: { name: 'lined' } },
  };
  return {
    job: state as unknown as JobState,
    prompt: odd.prompt,
    steps: odd.turns.flatMap(recordsOf),
  };
}

function requestFor(
  earlier: JobHistory[],
  current: JobHistory,
  { instructions = '', budget }: { instructions?: string; budget?: number | undefined } = {},
) {
  const messages = modelMessages({ instructions, earlier, current, model, budget });
  return JSON.parse(chatRequest({ model, messages, tools: [], options: {}, jobId: 'job' }));
}

const runs = { numRuns: 300 };

describe('a request that is made of whatever endpoints, models and clients have said', () => {
  it('is one that a strict endpoint takes, with any budget', () => {
    fc.assert(
      fc.property(
        fc.array(job, { maxLength: 3 }),
        job,
        text,
        fc.option(fc.integer({ min: 0, max: 2_000 }), { nil: undefined }),
        (earlier, current, instructions, budget) => {
          const body = requestFor(earlier.map(historyOf), historyOf(current, 9), {
            instructions,
            budget,
          });
          expect(() => parseChatRequest(body, strict)).not.toThrow();
        },
      ),
      runs,
    );
  });

  it('is one that the strictest endpoint takes, where another model had been asked', () => {
    fc.assert(
      fc.property(fc.array(job, { maxLength: 3 }), job, (earlier, current) => {
        const foreign = (odd: typeof current) => ({
          ...odd,
          turns: odd.turns.map((each): OddTurn => ({ ...each, requestedModel: other })),
        });
        const body = requestFor(
          earlier.map((odd, place) => historyOf(foreign(odd), place)),
          historyOf(foreign(current), 9),
        );
        expect(() => parseChatRequest(body, strictest)).not.toThrow();
      }),
      runs,
    );
  });

  it('says the same each time', () => {
    fc.assert(
      fc.property(fc.array(job, { maxLength: 2 }), job, (earlier, current) => {
        const histories = earlier.map(historyOf);
        expect(requestFor(histories, historyOf(current, 9))).toEqual(
          requestFor(histories, historyOf(current, 9)),
        );
      }),
      { numRuns: 50 },
    );
  });
});

const types = ['object', 'array', 'string', 'number', 'integer', 'boolean', 'null', 'date'];

/** Schemas as connectors write them, and as they should not. */
const { schema } = fc.letrec<{ schema: Json }>((tie) => {
  const inner = tie('schema');
  const several = fc.array(inner, { maxLength: 3 });
  const member = fc.record(
    {
      type: fc.oneof(fc.constantFrom<Json>(...types, null, 5), fc.subarray(types)),
      properties: fc.oneof(
        fc.dictionary(fc.constantFrom('a', 'b', '$filter', '__proto__', 'uni\ud83d'), inner, {
          maxKeys: 3,
        }),
        fc.constant(null),
      ),
      required: fc.oneof(
        fc.constantFrom<Json>(null, true, 'a'),
        fc.subarray<Json>(['a', 'b', 'gone', 7]),
      ),
      items: fc.oneof(inner, several),
      prefixItems: several,
      anyOf: several,
      oneOf: several,
      allOf: several,
      not: inner,
      enum: fc.array(fc.oneof(json, text), { maxLength: 4 }),
      const: json,
      $ref: fc.constantFrom(
        '#',
        '#/properties/a',
        '#/$defs/x',
        '#/nowhere',
        'https://example.com/s',
      ),
      $defs: fc.record({ x: inner }),
      $schema: fc.constant('https://json-schema.org/draft/2020-12/schema'),
      additionalProperties: fc.oneof(fc.boolean(), inner),
      nullable: fc.boolean(),
      format: fc.constantFrom('email', 'date-time', 'uri'),
      pattern: fc.constantFrom('^(a+)+$', '(?<x', '\\p{L}'),
      minimum: fc.oneof(fc.integer(), fc.constantFrom<Json>(1e19, '1', null)),
      minLength: fc.constantFrom<Json>(-1, 0.5, 3, null),
      exclusiveMinimum: fc.constantFrom<Json>(true, 0),
      description: text,
    },
    { requiredKeys: [] },
  );
  return { schema: fc.oneof({ maxDepth: 3 }, fc.boolean(), member) as fc.Arbitrary<Json> };
});

const listedTool = fc.record({
  name: fc.oneof(fc.string({ minLength: 1, maxLength: 90 }), fc.constantFrom('a.b', 'a_b', 'a/b')),
  description: fc.oneof(text, fc.constant('d'.repeat(3_000))),
  inputSchema: schema.filter((value): value is JsonObject => typeof value === 'object'),
  connection: fc.constantFrom('gmail', 'gmail.work', 'gmail-work'),
});

const plain = createEndpoint({ plainSchemas: true });

describe('the tools of any connections', () => {
  it('are offered by names and schemas that the strictest endpoint takes, each by a name of its own', () => {
    fc.assert(
      fc.property(fc.array(listedTool, { maxLength: 6 }), (listed) => {
        const { tools, leftOut } = nameTools(listed);
        expect(tools.length + leftOut.length).toBe(listed.length);
        const messages = [{ role: 'user', content: 'Go.' }];
        const request = { model, messages, tools, options: {}, jobId: 'job' };
        const body: unknown = JSON.parse(chatRequest(request));
        expect(() => parseChatRequest(body, plain)).not.toThrow();
      }),
      { numRuns: 1_000 },
    );
  });
});
