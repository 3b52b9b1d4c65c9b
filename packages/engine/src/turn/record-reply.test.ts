import type { JobState, JsonObject } from '@pawl/contracts';
import { describe, expect, test } from 'vitest';
import { jobWith, runningStep } from '../../test/job.ts';
import type { ModelReply } from '../domain/model.ts';
import { reopen } from '../job/transitions.ts';
import { prepareCalls, requestedCalls } from '../tool-call/prepare.ts';
import { messagesOf } from './history.ts';
import { countSuperseded, recordReply } from './record-reply.ts';
import { meaningOf, notMadeBecause } from './reply-meaning.ts';
import type { AnswerCheck } from './response-format.ts';

const job = jobWith({ phase: { name: 'turn', step: runningStep } });
const call = {
  id: 'call_a',
  type: 'function',
  function: { name: 'gmail_send_message', arguments: '{"to":"a@b' },
};
const calling = { role: 'assistant', content: null, tool_calls: [call] };

interface Given {
  readonly finishReason?: string;
  readonly answer?: AnswerCheck;
  readonly job?: JobState;
}

function record(
  message: JsonObject,
  { finishReason = 'stop', answer, job: given = job }: Given = {},
) {
  const reply: ModelReply = {
    message,
    finishReason,
    model: 'model',
    inputTokens: 10,
    outputTokens: 5,
    costUsd: 0.5,
  };
  const tool = { name: call.function.name, description: '', inputSchema: {}, connection: 'gmail' };
  const prepared = prepareCalls(
    requestedCalls(message),
    {
      tools: [{ name: tool.name, tool }],
      policy: {},
      effectOf: () => 'writes',
      problemsOf: () => [],
      link: 'link',
    },
    { turn: given.turn, sequence: 6, now: 100, notMade: notMadeBecause(meaningOf(reply)) },
  );
  const parts = { epoch: 4, reply, prepared, toolsLoaded: 1 };
  const decision = recordReply(given, answer === undefined ? parts : { ...parts, answer }, {
    now: 100,
  });
  if (decision.kind !== 'commit') throw new Error(decision.reason);
  return decision.transition;
}

/** The same job in its next turn. */
function inNextTurn({ after }: { after: JobState }): JobState {
  return { ...after, phase: { name: 'turn', step: runningStep } };
}

describe('a final answer', () => {
  test('completes the job', () => {
    const { after, result } = record({ role: 'assistant', content: 'Done.' });
    expect(after.phase).toMatchObject({ ending: { status: 'completed' } });
    expect(result).toEqual({ text: 'Done.' });
  });

  test('that is a refusal ends the job as incomplete, with its text', () => {
    const { after, result } = record({ role: 'assistant', content: 'No.', refusal: 'No.' });
    expect(after.phase).toMatchObject({ ending: { status: 'incomplete', stopReason: 'refusal' } });
    expect(result).toEqual({ text: 'No.' });
    const both = record({ role: 'assistant', content: 'I begin.', refusal: 'I stop.' });
    expect(both.result).toEqual({ text: 'I begin.\n\nI stop.' });
  });

  test('that was cut off or filtered is partial', () => {
    for (const [finishReason, stopReason] of [
      ['length', 'output_limit'],
      ['content_filter', 'content_filter'],
    ] as const) {
      const { after, result } = record({ role: 'assistant', content: 'Half' }, { finishReason });
      expect(after.phase).toMatchObject({ ending: { status: 'incomplete', stopReason } });
      expect(result).toEqual({ text: 'Half' });
    }
  });

  test('has json where the text is JSON, within bounds', () => {
    expect(record({ role: 'assistant', content: '{"a":1}' }).result).toEqual({
      text: '{"a":1}',
      json: { a: 1 },
    });
    const deep = '['.repeat(5_000) + ']'.repeat(5_000);
    expect(record({ role: 'assistant', content: deep }).result).toEqual({ text: deep });
  });
});

describe.each([
  ['length', 'output_limit'],
  ['content_filter', 'content_filter'],
] as const)('a reply that asks for calls, with finish_reason %s', (finishReason, stopReason) => {
  test('makes none of them, and tells the model', () => {
    const { after, steps } = record(calling, { finishReason });
    expect(after).toMatchObject({ turn: 1, phase: { name: 'turn', step: { status: 'ready' } } });
    const told = messagesOf({ job: after, prompt: 'Go', steps });
    expect(told.at(-1)).toMatchObject({ role: 'tool', tool_call_id: 'call_a' });
    expect(JSON.stringify(told.at(-1))).toContain('The call was not made');
  });

  test('ends the job as incomplete the second time', () => {
    const again = inNextTurn(record(calling, { finishReason }));
    const { after, steps } = record(calling, { finishReason, job: again });
    expect(after.phase).toMatchObject({ ending: { status: 'incomplete', stopReason } });
    expect(steps.filter(({ kind }) => kind === 'outcome')).toHaveLength(1);
    expect(after.usage).toMatchObject({ modelCalls: 3, inputTokens: 20 });
  });

  test('makes none of them when the job is opened again', () => {
    const again = inNextTurn(record(calling, { finishReason }));
    const { after } = record(calling, { finishReason, job: again });
    const opened = reopen(after, {}, { now: 200 });
    expect(opened).toMatchObject({
      transition: {
        after: { phase: { name: 'turn', step: { status: 'ready' } }, corrections: [] },
      },
    });
  });

  test('is refused to be stored where a call of it is open', () => {
    const prepared = prepareCalls(
      requestedCalls(calling),
      {
        tools: [
          {
            name: 'gmail_send_message',
            tool: {
              name: 'gmail_send_message',
              description: '',
              inputSchema: {},
              connection: 'gmail',
            },
          },
        ],
        policy: {},
        effectOf: () => 'writes',
        problemsOf: () => [],
        link: 'link',
      },
      { turn: 0, sequence: 6, now: 100 },
    ).map((each) => ({ ...each, call: { ...each.call, step: { ...runningStep } } }));
    const reply = {
      message: calling,
      finishReason,
      model: 'model',
      inputTokens: 1,
      outputTokens: 1,
      costUsd: 0,
    };
    expect(() =>
      recordReply(job, { epoch: 4, reply, prepared, toolsLoaded: 1 }, { now: 100 }),
    ).toThrow('must not be made');
  });
});

describe('an answer that does not fit its response_format', () => {
  const answer = { kind: 'misfit', problems: ['count must be integer'] } as const;
  const bad = { role: 'assistant', content: '{"count":"many"}' };

  test('is corrected once: the model is told what was wrong', () => {
    const { after, steps, result } = record(bad, { answer });
    expect(after).toMatchObject({ turn: 1, phase: { name: 'turn', step: { status: 'ready' } } });
    expect(result).toBeUndefined();
    const told = messagesOf({ job: after, prompt: 'Go', steps });
    expect(told.map(({ role }) => role)).toEqual(['user', 'assistant', 'user']);
    expect(told.at(-1)?.['content']).toContain('count must be integer');
  });

  test('then fails the job with a code of its own, and is never called json', () => {
    const again = inNextTurn(record(bad, { answer }));
    const { after, result } = record(bad, { answer, job: again });
    expect(after.phase).toMatchObject({
      ending: { status: 'failed', failure: { code: 'response_format_mismatch', retryable: true } },
    });
    expect(result).toEqual({ text: '{"count":"many"}' });
  });

  test('fails the job at once where no turn is left for the correction', () => {
    const last = { ...job, limits: { ...job.limits, turns: 2 } };
    expect(record(bad, { answer, job: last }).after.phase).toMatchObject({
      ending: { status: 'failed', failure: { code: 'response_format_mismatch' } },
    });
  });

  test('does not count against the corrections of another kind', () => {
    const cut = inNextTurn(record(calling, { finishReason: 'length' }));
    expect(record(bad, { answer, job: cut }).after.phase.name).toBe('turn');
  });

  test('is passed on as json when it fits', () => {
    const fits = { kind: 'fits', json: { count: 7 } } as const;
    const good = { role: 'assistant', content: '```json\n{"count":7}\n```' };
    const { after, result } = record(good, { answer: fits });
    expect(after.phase).toMatchObject({ ending: { status: 'completed' } });
    expect(result).toMatchObject({ json: { count: 7 } });
  });
});

describe('a reply whose turn has become another claim’s', () => {
  const spent = { model: 'openai/gpt-4o', inputTokens: 5, outputTokens: 7, costUsd: 0.25 };

  test('is counted, and changes nothing else', () => {
    const counted = countSuperseded(job, { spent });
    if (counted.kind !== 'commit') throw new Error(counted.reason);
    const { usage, sequence } = job;
    expect(counted.transition).toMatchObject({ model: spent.model, events: [], steps: [] });
    expect(counted.transition.after).toEqual({
      ...job,
      sequence: sequence + 1,
      usage: {
        ...usage,
        modelCalls: usage.modelCalls + 1,
        inputTokens: usage.inputTokens + 5,
        outputTokens: usage.outputTokens + 7,
        costUsd: usage.costUsd + 0.25,
      },
    });
  });

  test('leaves a job that has ended as it is', () => {
    const { kind } = countSuperseded(
      {
        ...job,
        phase: {
          name: 'ended',
          at: 1,
          ending: { status: 'expired' },
          from: job.phase,
        } as JobState['phase'],
      },
      { spent },
    );
    expect(kind).toBe('nothing');
  });
});
