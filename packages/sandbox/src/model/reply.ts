import { newCallId } from './reasoning.ts';

/** One tool call of a scripted reply; an `arguments` string is sent as it is, valid JSON or not. */
export type ScriptedToolCall = {
  id?: string | undefined;
  name: string;
  arguments?: string | Record<string, unknown> | undefined;
};

/** What a script lets the model answer. */
export type ModelReply = {
  text?: string | undefined;
  toolCalls?: ScriptedToolCall[] | undefined;
  reasoningDetails?: unknown[] | undefined;
  finishReason?: string | undefined;
  usage?:
    | {
        inputTokens?: number | undefined;
        outputTokens?: number | undefined;
        costUsd?: number | undefined;
      }
    | undefined;
};

/** An answer as it goes out, with all ids made. */
export type Answer = {
  text: string | null;
  toolCalls: { id: string; name: string; arguments: string }[];
  reasoningDetails: unknown[] | undefined;
  finishReason: string;
  usage: ModelReply['usage'];
};

export function answerFromReply(reply: ModelReply): Answer {
  const toolCalls = (reply.toolCalls ?? []).map((call) => ({
    id: call.id ?? newCallId(reply.reasoningDetails),
    name: call.name,
    arguments:
      typeof call.arguments === 'string' ? call.arguments : JSON.stringify(call.arguments ?? {}),
  }));
  return {
    text: reply.text ?? (toolCalls.length > 0 ? null : ''),
    toolCalls,
    reasoningDetails: reply.reasoningDetails,
    finishReason: reply.finishReason ?? (toolCalls.length > 0 ? 'tool_calls' : 'stop'),
    usage: reply.usage,
  };
}
