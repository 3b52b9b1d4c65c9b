import type { CallRecord, JsonObject, OutcomeRecord, StepRecord } from '@pawl/contracts';
import { describe, expect, test } from 'vitest';
import { endedFrom, jobWith, turnRecord } from '../../test/job.ts';
import type { JobHistory } from '../domain/job.ts';
import { freshStep } from '../job/steps.ts';
import { modelMessages } from './messages.ts';

const from = { name: 'turn', step: freshStep(3, 0) } as const;
const failed = (code: string) =>
  endedFrom(from, { status: 'failed', failure: { code, message: 'It failed.', retryable: false } });
const completed = endedFrom(from, { status: 'completed' });

const asks = (id: string, more: JsonObject = {}): JsonObject => ({
  role: 'assistant',
  content: null,
  tool_calls: [{ id, type: 'function', function: { name: 'list', arguments: '{}' }, ...more }],
});
function called(turn: number, output: string, id = `call_${turn}`): StepRecord[] {
  const place = { turn, index: 0 } as const;
  const call: CallRecord = {
    kind: 'call',
    ...place,
    callId: id,
    name: 'list',
    tool: 'list',
    connection: 'gmail',
    rawArguments: '{}',
    arguments: {},
  };
  const outcome: OutcomeRecord = {
    kind: 'outcome',
    ...place,
    attempts: 1,
    finishedAt: 2,
    answer: { output },
  };
  return [turnRecord(asks(id), turn), call, outcome];
}

function messages(
  current: Partial<JobHistory>,
  {
    earlier = [],
    budget,
    model = 'a/b',
  }: { earlier?: JobHistory[]; budget?: number; model?: string } = {},
): JsonObject[] {
  return modelMessages({
    instructions: '',
    earlier,
    current: { job: jobWith(), prompt: 'Now?', steps: [], ...current },
    model,
    budget,
  });
}

const spoken = (list: JsonObject[]) => list.map(({ role, content }) => [role, content]);

describe('the messages of a model call', () => {
  test('say of an earlier job without an answer that there was none, and why', () => {
    const earlier = [
      { job: failed('model_unavailable'), prompt: 'One', steps: [] },
      {
        job: endedFrom(from, { status: 'cancelled', by: 'api' }),
        prompt: 'Two',
        steps: called(0, 'x'),
      },
    ] satisfies JobHistory[];
    expect(spoken(messages({}, { earlier }))).toEqual([
      ['user', 'One'],
      ['assistant', '(No answer: the job failed with model_unavailable.)'],
      ['user', 'Two'],
      ['assistant', null],
      ['tool', 'x'],
      ['assistant', '(No answer: the job was cancelled.)'],
      ['user', 'Now?'],
    ]);
  });

  test('leave out what a content filter refused, but not which tools were called', () => {
    const earlier = [
      {
        job: failed('model_content_filtered'),
        prompt: 'Refused',
        steps: called(0, 'also refused'),
      },
    ];
    const text = JSON.stringify(messages({}, { earlier }));
    expect(text).not.toContain('Refused');
    expect(text).not.toContain('also refused');
    expect(text).toContain('list succeeded');
  });

  test('begin anew after two refusals in a row, which can be about what was before them', () => {
    const refused = { job: failed('model_content_filtered'), prompt: 'Refused', steps: [] };
    const answered = {
      job: completed,
      prompt: 'Poison',
      steps: [turnRecord({ role: 'assistant', content: 'Yes.' })],
    };
    expect(spoken(messages({}, { earlier: [answered, refused] }))[0]).toEqual(['user', 'Poison']);
    expect(spoken(messages({}, { earlier: [answered, refused, refused] }))).toEqual([
      ['user', 'Now?'],
    ]);
  });

  test('give back what belongs to one model to that model alone', () => {
    const own = {
      reasoning_details: [{ type: 'reasoning.text', signature: 's' }],
      reasoning: 'Hm.',
    };
    const signed = { extra_content: { google: { thought_signature: 's' } } };
    const steps = called(0, 'x', 'functions.list:0').map((step) =>
      step.kind === 'turn'
        ? {
            ...step,
            message: { ...asks('functions.list:0', signed), ...own, refusal: null },
            requestedModel: 'a/b',
          }
        : step,
    );
    expect(messages({ steps })[1]).toEqual({ ...asks('functions.list:0', signed), ...own });
    const [, other, answer] = messages({ steps }, { model: 'c/d' });
    expect(other).toEqual(asks(answer?.['tool_call_id'] as string));
    expect(answer?.['tool_call_id']).toMatch(/^[a-z0-9]{9}$/);
  });

  test('keep an id that is a signature, however long it is, and shorten the others', () => {
    const signature = `call_1__thought__${'x'.repeat(100)}`;
    const ids = messages({
      steps: [...called(0, 'x', signature), ...called(1, 'y', 'z'.repeat(60))],
    })
      .filter(({ role }) => role === 'tool')
      .map(({ tool_call_id: id }) => id);
    expect(ids).toEqual([signature, expect.stringMatching(/^[a-z0-9]{9}$/)]);
  });

  test('say that the digits of large numbers in a result may be wrong', () => {
    const [, , answer] = messages({
      steps: called(0, '').map((step) =>
        step.kind === 'outcome'
          ? { ...step, answer: { output: { id: 2512292042121000000 } } }
          : step,
      ),
    });
    expect(answer?.['content']).toMatch(/2512292042121000000.*\n\(The last digits/);
  });
});

const long = (prompt: string): JobHistory => ({
  job: completed,
  prompt,
  steps: [turnRecord({ role: 'assistant', content: 'x'.repeat(1_000) })],
});

describe('messages that are more than the budget', () => {
  test('lose the oldest jobs, whole', () => {
    const earlier = ['One', 'Two', 'Three'].map(long);
    const kept = messages({}, { earlier, budget: 2_500 });
    expect(kept.filter(({ role }) => role === 'user').map(({ content }) => content)).toEqual([
      'Two',
      'Three',
      'Now?',
    ]);
  });

  test('then have the results of earlier turns shortened, the long ones first, and the newest last', () => {
    const steps = [
      ...called(0, 'a'.repeat(5_000)),
      ...called(1, 'b'.repeat(300)),
      ...called(2, 'c'.repeat(2_000)),
    ];
    const results = messages({ steps }, { earlier: [long('One')], budget: 5_000 }).filter(
      ({ role }) => role === 'tool',
    );
    expect(results[0]?.['content']).toMatch(
      /^a{200,}\n\(Shortened: this result has 5000 characters/,
    );
    expect(results[1]?.['content']).toBe('b'.repeat(300));
    expect(results[2]?.['content']).toBe('c'.repeat(2_000));
  });

  test('at last lose the oldest turns, and say which tools they called', () => {
    const steps = Array.from({ length: 6 }, (_, turn) => called(turn, 'r'.repeat(900))).flat();
    const kept = messages({ steps }, { budget: 0 });
    expect(kept.filter(({ role }) => role === 'tool')).toHaveLength(1);
    expect(kept[1]?.['content']).toMatch(/^\(5 earlier turns were left out here.*list succeeded/);
    expect(kept[0]?.['content']).toBe('Now?');
  });

  test('are what there is room for, with any number of results of any length', () => {
    const steps = Array.from({ length: 8 }, (_, turn) => called(turn, 'r'.repeat(96_000))).flat();
    for (const budget of [10_000, 50_000, 200_000, 700_000]) {
      const length = JSON.stringify(messages({ steps }, { budget })).length;
      expect(length).toBeLessThanOrEqual(budget);
      expect(length).toBeGreaterThan(budget * 0.9);
    }
  });
});
