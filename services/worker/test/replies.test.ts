import type { JobRequestInput } from '@pawl/contracts';
import type { OddReplyName } from '@pawl/sandbox';
import { testRedis } from '@pawl/testing';
import { describe, expect, test } from 'vitest';
import { mailTo, startOddWorker } from './harness/odd-worker.ts';
import { scripted } from './harness/start-test-worker.ts';

const worker = await startOddWorker(testRedis());
const { newWord, addOddity, post, asked, sentTo, goesOn } = worker;

describe('a reply that was cut off in its calls', () => {
  test.each<[OddReplyName, string]>([
    ['finish_length', 'output_limit'],
    ['finish_max_tokens', 'output_limit'],
    ['finish_content_filter', 'content_filter'],
  ])('has none of them made; the model is told and goes on: %s', async (oddity) => {
    const word = newWord();
    worker.control.scriptModel([
      {
        match: { promptIncludes: word },
        turns: [{ toolCalls: [mailTo(`${word}@b.example`)] }, { text: 'I could not send it.' }],
      },
    ]);
    addOddity(word, oddity);
    const id = await post({ prompt: word, connections: ['gmail'] });
    expect(await worker.ended(id)).toMatchObject({
      status: 'completed',
      text: 'I could not send it.',
    });
    expect(sentTo(`${word}@b.example`)).toEqual([]);
    expect(JSON.stringify(asked(word).at(-1)?.body)).toContain('The call was not made');
    expect((await worker.steps(id))[1]).toMatchObject({ type: 'tool_call', status: 'refused' });
  });

  test.each<[OddReplyName, string]>([
    ['finish_length', 'output_limit'],
    ['finish_content_filter', 'content_filter'],
  ])(
    'twice ends the job as incomplete, and its conversation goes on: %s',
    async (oddity, stopReason) => {
      const word = newWord();
      const turn = { toolCalls: [mailTo(`${word}@b.example`)] };
      worker.control.scriptModel([{ match: { promptIncludes: word }, turns: [turn, turn, turn] }]);
      addOddity(word, oddity, { times: 'always' });
      const id = await post({ prompt: word, connections: ['gmail'] });
      const ended = await worker.ended(id);
      expect(ended).toMatchObject({ status: 'incomplete', stopReason });
      expect(asked(word)).toHaveLength(2);
      expect(sentTo(`${word}@b.example`)).toEqual([]);
      await goesOn(ended.job.conversation);
    },
  );
});

describe('a refusal', () => {
  test('ends the job as incomplete, with its text, and the conversation goes on', async () => {
    const word = newWord();
    addOddity(word, 'refusal');
    const ended = await worker.ended(await post({ prompt: word }));
    expect(ended).toMatchObject({
      status: 'incomplete',
      stopReason: 'refusal',
      text: 'I will not help with that.',
    });
    await goesOn(ended.job.conversation);
  });
});

describe('a final answer with a response_format', () => {
  const response_format: JobRequestInput['response_format'] = {
    type: 'json_schema',
    json_schema: {
      name: 'answer',
      schema: {
        $schema: 'https://json-schema.org/draft/2020-12/schema',
        type: 'object',
        properties: { count: { type: 'integer' } },
        required: ['count'],
        additionalProperties: false,
      },
    },
  };

  test('that does not fit is corrected once', async () => {
    const word = newWord();
    worker.control.scriptModel([
      {
        match: {},
        reply: ({ body, prompt }) => {
          if (!JSON.stringify(body).includes(word)) return undefined;
          return { text: prompt.includes('does not fit') ? '{"count":7}' : '{"count":"seven"}' };
        },
      },
    ]);
    const id = await post({ prompt: word, response_format });
    expect(await worker.ended(id)).toMatchObject({ status: 'completed', json: { count: 7 } });
    expect(JSON.stringify(asked(word)[1]?.body)).toContain('count must be integer');
  });

  test('that never fits fails the job, and is never called json', async () => {
    const word = newWord();
    worker.control.scriptModel([
      {
        match: {},
        reply: ({ body }) =>
          JSON.stringify(body).includes(word) && !JSON.stringify(body).includes('Go on.')
            ? { text: '{"count":"seven"}' }
            : undefined,
      },
    ]);
    const id = await post({ prompt: word, response_format });
    const ended = await worker.ended(id);
    expect(ended).toMatchObject({
      status: 'failed',
      failure: { code: 'response_format_mismatch' },
      text: '{"count":"seven"}',
    });
    expect(ended.json).toBeUndefined();
    expect(asked(word)).toHaveLength(2);
    expect((await worker.steps(id)).map(({ type, status }) => `${type} ${status}`)).toEqual([
      'turn completed',
      'turn completed',
    ]);
    await goesOn(ended.job.conversation);
  });

  test('is checked within bounds: a pattern that backtracks stops nobody', async () => {
    const word = newWord();
    worker.control.scriptModel([
      { match: { promptIncludes: word }, turns: [{ text: `"${'a'.repeat(45)}!"` }] },
    ]);
    const schema = { type: 'string', pattern: '^(a+)+$' };
    const json_schema = { name: 'answer', schema };
    const id = await post({ prompt: word, response_format: { type: 'json_schema', json_schema } });
    const ended = await worker.ended(id);
    expect(ended.status).toBe('completed');
    expect(ended.json).toBeUndefined();
  });
});

describe('sizes that nobody expects', () => {
  test('deep arguments are refused, and the model is told', async () => {
    const word = newWord();
    worker.control.scriptModel([
      {
        match: { promptIncludes: word },
        turns: [{ toolCalls: [mailTo(`${word}@b.example`)] }, { text: 'Done.' }],
      },
    ]);
    addOddity(word, 'arguments_deep');
    const id = await post({ prompt: word, connections: ['gmail'] });
    expect(await worker.ended(id)).toMatchObject({ status: 'completed', text: 'Done.' });
    expect((await worker.steps(id))[1]).toMatchObject({
      status: 'refused',
      error: { code: 'invalid_arguments', message: expect.stringContaining('nested deeper') },
    });
    expect(asked(word)).toHaveLength(2);
  });

  test.each<OddReplyName>(['content_deep', 'usage_huge'])(
    'an answer is one, with one paid call: %s',
    async (oddity) => {
      const word = newWord();
      addOddity(word, oddity);
      const ended = await worker.ended(
        await post({ prompt: `${word} ${scripted([{ text: 'Done.' }])}` }),
      );
      expect(ended.status).toBe('completed');
      expect(ended.json).toBeUndefined();
      expect(ended.job.usage.modelCalls).toBe(1);
      expect(asked(word)).toHaveLength(1);
    },
  );
});

describe('calls that are odd and can be read', () => {
  test.each<OddReplyName>([
    'call_ids_missing',
    'call_ids_equal',
    'arguments_object',
    'legacy_function_call',
    'finish_stop',
    'message_in_two_choices',
    'body_stream',
  ])('are made: %s', async (oddity) => {
    const word = newWord();
    worker.control.scriptModel([
      {
        match: { promptIncludes: word },
        turns: [
          { toolCalls: [mailTo(`${word}@b.example`), { name: 'gmail_get_profile' }] },
          { text: 'Sent.' },
        ],
      },
    ]);
    addOddity(word, oddity);
    const id = await post({ prompt: word, connections: ['gmail'] });
    expect(await worker.ended(id)).toMatchObject({ status: 'completed', text: 'Sent.' });
    expect(sentTo(`${word}@b.example`)).toHaveLength(1);
    expect(asked(word)).toHaveLength(2);
  });
});
