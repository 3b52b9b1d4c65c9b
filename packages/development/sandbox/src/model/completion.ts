import { randomBytes } from 'node:crypto';
import type { Answer } from './reply.ts';
import type { Usage } from './usage.ts';

/** On every answer, so that none can be taken for a real model's. */
const systemFingerprint = 'pawl-sandbox';

/** The model name in answers: the one asked for, marked. */
function labelledModel(name: string): string {
  return name.startsWith('sandbox/') ? name : `sandbox/${name}`;
}

function toolCallsOf(answer: Answer) {
  return answer.toolCalls.map(({ id, name, arguments: text }) => ({
    id,
    type: 'function' as const,
    function: { name, arguments: text },
  }));
}

interface Envelope {
  readonly model: string;
  readonly createdAt: number;
}

function envelope({ model, createdAt }: Envelope) {
  return {
    id: `chatcmpl-sandbox-${randomBytes(8).toString('hex')}`,
    created: Math.floor(createdAt / 1000),
    model: labelledModel(model),
    system_fingerprint: systemFingerprint,
  };
}

/** The body of an answer that is not streamed. */
export function completionBody(answer: Answer, usage: Usage, about: Envelope) {
  return {
    ...envelope(about),
    object: 'chat.completion',
    choices: [
      {
        index: 0,
        message: {
          role: 'assistant',
          content: answer.text,
          refusal: null,
          ...(answer.toolCalls.length > 0 ? { tool_calls: toolCallsOf(answer) } : {}),
          ...(answer.reasoningDetails ? { reasoning_details: answer.reasoningDetails } : {}),
        },
        logprobs: null,
        finish_reason: answer.finishReason,
      },
    ],
    usage,
  };
}

const piece = /[\s\S]{1,24}/gu;

/** The chunks of a streamed answer. All tool calls come in the last one with a choice. */
export function completionChunks(
  answer: Answer,
  usage: Usage | undefined,
  about: Envelope,
): Record<string, unknown>[] {
  const shared = { ...envelope(about), object: 'chat.completion.chunk' };
  const chunk = (delta: object, finishReason: string | null = null) => ({
    ...shared,
    choices: [{ index: 0, delta, logprobs: null, finish_reason: finishReason }],
  });
  const first = {
    role: 'assistant',
    content: answer.text === null ? null : '',
    refusal: null,
    ...(answer.reasoningDetails ? { reasoning_details: answer.reasoningDetails } : {}),
  };
  const calls = toolCallsOf(answer).map((call, index) => ({ index, ...call }));
  const last = calls.length > 0 ? { tool_calls: calls } : {};
  return [
    chunk(first),
    ...(answer.text?.match(piece) ?? []).map((content) => chunk({ content })),
    chunk(last, answer.finishReason),
    ...(usage === undefined ? [] : [{ ...shared, choices: [], usage }]),
  ];
}
