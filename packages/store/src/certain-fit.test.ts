import { AdmittedRequest, JobState, StepRecord } from '@pawl/contracts';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { certainlyFits, certainlyStays } from './certain-fit.ts';
import { keepingUnknownFields } from './unknown-fields.ts';

const step = { since: 3, epoch: 4, attempts: 0, crashes: 0 };
const call = {
  callId: 'call_1',
  name: 'send',
  tool: 'send',
  connection: 'gmail',
  effect: 'writes',
  inDoubt: false,
  check: { wait: 0.5 },
  step: { ...step, status: 'running', startedAt: 5 },
};
const job = {
  id: 'job_0_a',
  tenant: 'default',
  user: 'user',
  conversation: 'conv_0_a',
  sequence: 4,
  createdAt: 1,
  startedAt: 2,
  expiresAt: 9,
  priority: 0,
  limits: { turns: 8, tool_calls: 64, deadline_seconds: 89 },
  onUnknownOutcome: 'ask',
  usage: { modelCalls: 1, toolCalls: 1, inputTokens: 2, outputTokens: 3, costUsd: 0.1 },
  turn: 0,
  model: 0,
  claims: [{ turn: 0, index: 0, epoch: 4, until: 7 }],
  phase: { name: 'calls', calls: [call] },
  ofNewerVersion: { region: 'eu' },
};
const request = {
  prompt: 'Work',
  models: ['openai/gpt-4o-mini'],
  modelOptions: {},
  instructions: '',
  connections: ['gmail'],
  tools: {},
  metadata: { team: 'a' },
};
const madeCall = {
  kind: 'call',
  turn: 0,
  index: 0,
  callId: 'call_1',
  name: 'send',
  tool: 'send',
  connection: 'gmail',
  rawArguments: '{}',
  arguments: { to: ['a'] },
};
const kept = z.object({
  number: z.int().min(1).max(9),
  rows: z.record(z.string(), z.object({ count: z.number() })),
  given: z.object({ size: z.number().default(1) }).default({ size: 1 }),
  partly: z.object({ name: z.string().default('a') }).partial(),
  own: z.custom<string>((value) => value === 'mine' || value === undefined),
  one: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal(['a', 'b']), size: z.number() }),
    z.object({ kind: z.literal('c'), name: z.string().optional() }),
  ]),
  first: z.union([
    z.object({ a: z.number(), given: z.string().default('a') }),
    z.object({ b: z.number().optional() }),
  ]),
});
const taken = z.object({
  unknown: z.unknown(),
  any: z.any(),
  later: z.lazy(() => z.unknown()),
  given: z.string().default('a'),
  perhaps: z.union([z.int(), z.undefined()]),
  few: z.array(z.string().min(1)).max(1),
  short: z.string().max(2).nullable(),
  exact: z.exactOptional(z.literal('a')),
  even: z.number().refine((number) => number % 2 === 0),
  either: z.xor([z.literal('b'), z.string()]),
});

const records: readonly (readonly [string, z.ZodType, object])[] = [
  ['a job', JobState, job],
  ['a request', AdmittedRequest, request],
  ['a call', StepRecord, madeCall],
  [
    'whatever else',
    taken,
    {
      unknown: 1,
      any: 1,
      later: 1,
      given: 'b',
      perhaps: 1,
      few: [],
      short: null,
      exact: 'a',
      even: 0,
      either: 'c',
    },
  ],
];

const keptRecord = {
  number: 2,
  rows: { a: { count: 1, ofNewerVersion: 1 }, b: { count: 2 } },
  given: { size: 2 },
  partly: { name: 'b' },
  own: 'mine',
  one: { kind: 'c', name: 'a' },
  first: { b: 1 },
};
const outcome = {
  kind: 'outcome',
  turn: 0,
  index: 0,
  epoch: 3,
  attempts: 0,
  finishedAt: 2,
};
const failure = { code: 'tool_failed', message: 'No.', retryable: false };
const stored: typeof records = [
  ...records.slice(0, 3),
  ['an outcome', StepRecord, { ...outcome, answer: { output: { sent: true } } }],
  ['a failure', StepRecord, { ...outcome, answer: { failure } }],
  ['whatever else', kept, keptRecord],
  ['the first of two', kept, { ...keptRecord, first: { a: 1, given: 'b' } }],
];

const others = [undefined, null, '', 'b', 'other', -1, 0, 0.5, NaN, 2 ** 53, true, {}, [], [1, '']];

/** The value, but for one part: each part in turn is absent, or one of the others. */
function* spoilt(value: unknown): Generator {
  yield* others;
  if (Array.isArray(value)) {
    for (const [index, part] of value.entries()) {
      for (const other of spoilt(part)) yield value.with(index, other);
    }
    return;
  }
  if (typeof value !== 'object' || value === null) return;
  for (const [name, part] of Object.entries(value)) {
    yield Object.fromEntries(Object.entries(value).filter(([each]) => each !== name));
    for (const other of spoilt(part)) yield { ...value, [name]: other };
  }
}

test.each(stored)('%s stays as it is, as zod answers it', (_, schema, record) => {
  expect(certainlyStays(schema, record)).toBe(true);
  expect(keepingUnknownFields(schema).parse(record)).toStrictEqual(record);
});

test.each(stored)('of %s only what zod would not change stays', (_, schema, record) => {
  const whole = keepingUnknownFields(schema);
  const staying = [...spoilt(record)].filter((each) => certainlyStays(schema, each));
  expect(staying.map((each) => whole.parse(each))).toStrictEqual(staying);
});

test.each(records)('%s fits for certain, as zod says', (_, schema, record) => {
  expect(certainlyFits(schema, record)).toBe(true);
  expect(keepingUnknownFields(schema).safeParse(record).success).toBe(true);
});

test.each(records)('%s that zod refuses never fits', (_, schema, record) => {
  const whole = keepingUnknownFields(schema);
  const wrong = [...spoilt(record)].filter(
    (each) => certainlyFits(schema, each) && !whole.safeParse(each).success,
  );
  expect(wrong).toEqual([]);
});
