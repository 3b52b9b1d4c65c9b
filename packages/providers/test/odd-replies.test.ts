import type { ModelOutcome } from '@pawl/engine';
import { oddReplyNames } from '@pawl/sandbox';
import { describe, expect, it } from 'vitest';
import { startModel } from './harness/start-model.ts';

const ping = {
  name: 'ping',
  tool: {
    name: 'ping',
    description: 'Pings',
    inputSchema: { type: 'object', properties: {} },
    connection: 'net',
  },
};

const usage = { inputTokens: 10, outputTokens: 5, costUsd: 0.5 };
const said = 'All is well.';
const saying = { text: said, usage };
const calling = {
  toolCalls: [
    { id: 'call_a', name: 'ping', arguments: { to: 'a' } },
    { id: 'call_b', name: 'ping', arguments: { to: 'b' } },
  ],
  usage,
};

/** Whether the oddity is of a text or of tool calls, and what the client makes of it. */
type Expected = readonly [typeof saying | typeof calling, object];

const reply = (message: object, more: object = {}): object => ({
  kind: 'reply',
  reply: { message, ...usage, ...more },
});
const text = (content: string, more: object = {}): Expected => [saying, reply({ content }, more)];
const calls = (...given: readonly (readonly [id: unknown, text: string])[]): Expected => [
  calling,
  reply({
    tool_calls: given.map(([id, input]) => ({
      id,
      type: 'function',
      function: { name: 'ping', arguments: input },
    })),
  }),
];
const bothCalls = calls(['call_a', '{"to":"a"}'], ['call_b', '{"to":"b"}']);
const failure = (
  kind: ModelOutcome['kind'],
  code = 'model_invalid_response',
  more: object = {},
): Expected => [saying, { kind, failure: { code }, ...more }];
const unusable = failure('unusable', 'model_invalid_response', { usage });
const unusableCalls: Expected = [calling, unusable[1]];
const unpaid = failure('unusable');
const ownId = expect.stringMatching(/^call_[0-9a-f]{24}$/) as unknown;

/** The right value of every oddity. */
const expected: Readonly<Record<string, Expected>> = {
  finish_error: unusable,
  finish_unknown: unusable,
  finish_aborted: unusable,
  finish_missing: text(said, { finishReason: 'stop' }),
  finish_empty: text(said, { finishReason: 'stop' }),
  finish_stop: bothCalls,
  finish_end_turn: text(said),
  finish_tool_calls: unusable,
  finish_length: text('All is', { finishReason: 'length' }),
  finish_max_tokens: text('All is', { finishReason: 'MAX_TOKENS' }),
  finish_content_filter: text('All is', { finishReason: 'content_filter' }),

  content_blank: unusable,
  content_null: unusable,
  content_parts: text(said),
  content_unknown_parts: unusable,
  content_in_reasoning: unusable,
  content_half_emoji: text(`${said} \uFFFD`),
  content_deep: text('['.repeat(5_000) + ']'.repeat(5_000)),
  refusal: [
    saying,
    reply({ content: 'I will not help with that.', refusal: 'I will not help with that.' }),
  ],
  refusal_with_calls: unusableCalls,
  role_missing: [saying, reply({ role: 'assistant', content: said })],
  legacy_text: text(said),
  legacy_function_call: calls([ownId, '{"to":"a"}']),
  message_in_two_choices: bothCalls,

  calls_null: text(said),
  calls_empty: text(said),
  calls_too_many: unusableCalls,
  call_ids_missing: calls([ownId, '{"to":"a"}'], [ownId, '{"to":"b"}']),
  call_ids_empty: calls([ownId, '{"to":"a"}'], [ownId, '{"to":"b"}']),
  call_indexes_equal: bothCalls,
  call_ids_equal: calls(['call_0', '{"to":"a"}'], [ownId, '{"to":"b"}']),
  call_type_missing: bothCalls,
  call_flat: bothCalls,
  call_without_name: unusableCalls,
  call_name_impossible: [
    calling,
    reply({
      tool_calls: ['call_a', 'call_b'].map((id) => ({
        id,
        function: { name: 'no_such_tool__h_chst_geheim' },
      })),
    }),
  ],
  arguments_object: bothCalls,
  arguments_missing: calls(['call_a', ''], ['call_b', '']),
  arguments_null: calls(['call_a', ''], ['call_b', '']),
  arguments_empty: calls(['call_a', ''], ['call_b', '']),
  arguments_twice: bothCalls,
  arguments_list: calls(['call_a', '[1]'], ['call_b', '[1]']),
  arguments_deep: calls(
    ...['call_a', 'call_b'].map(
      (id) => [id, `{"a":${'['.repeat(10_000)}${']'.repeat(10_000)}}`] as const,
    ),
  ),

  body_plain_text: text(said),
  body_blanks: text(said),
  body_done: text(said),
  body_one_event: text(said),
  body_stream: text(said),
  body_stream_cut: unpaid,
  body_stream_broken_event: unpaid,
  body_stream_equal_indexes: bothCalls,
  body_in_list: text(said),
  body_in_text: text(said),
  body_cut: unpaid,
  body_empty: unpaid,
  body_page: unpaid,
  body_deep: unusable,
  choices_empty: unusable,

  error_402: failure('quota', 'model_quota_exceeded'),
  error_404_text: failure('other_model', 'model_not_found'),
  error_named: failure('quota', 'model_quota_exceeded'),
  error_flat: failure('transient', 'model_unavailable'),
  error_in_list: failure('transient', 'model_rate_limited'),
  error_in_choice: failure('transient', 'model_unavailable', { usage }),
  error_nameless: unpaid,

  redirect: failure('fatal', 'model_redirected'),

  status_101: unpaid,

  usage_missing: text(said, { inputTokens: 0, outputTokens: 0, costUsd: 0 }),
  usage_null: text(said, { inputTokens: 0, outputTokens: 0, costUsd: 0 }),
  usage_text: text(said, { inputTokens: 12, outputTokens: 3, costUsd: 0.25 }),
  usage_negative: text(said, { inputTokens: 0, outputTokens: 0, costUsd: 0 }),
  usage_huge: text(said, { inputTokens: 100_000_000, outputTokens: 100_000_000, costUsd: 100_000 }),
};

describe.each([
  ['whole', undefined],
  ['streamed', () => {}],
])('an odd reply of the endpoint, %s,', (_way, onText) => {
  it('has an expectation', () => {
    expect(Object.keys(expected).toSorted()).toEqual(oddReplyNames.toSorted());
  });

  it.each(Object.entries(expected))('is what it is: %s', async (oddity, [script, outcome]) => {
    const { sandbox, ask } = await startModel();
    sandbox.control.scriptModel([{ turns: [script] }]);
    sandbox.control.addFault({
      match: { operation: 'model' },
      effect: { kind: 'odd_reply', oddity },
    });
    expect(await ask({ tools: [ping] }, undefined, onText)).toMatchObject(outcome);
  });

  it('redirects nobody, and shows where to without its query', async () => {
    const { sandbox, ask } = await startModel();
    sandbox.control.addFault({
      match: { operation: 'model' },
      effect: { kind: 'odd_reply', oddity: 'redirect' },
    });
    const outcome = await ask();
    const { message } = 'failure' in outcome ? outcome.failure : { message: '' };
    expect(message).toContain('https://elsewhere.example/v1/chat/completions');
    expect(message).not.toContain('abc');
  });
});
