import { newCallId } from './reasoning.ts';

/** One tool call of a scripted reply; an `arguments` string is sent as it is, valid JSON or not. */
export interface ScriptedToolCall {
  readonly id?: string | undefined;
  readonly name: string;
  readonly arguments?: string | Record<string, unknown> | undefined;
}

/** What a script lets the model answer. */
export interface ModelReply {
  readonly text?: string | undefined;
  readonly toolCalls?: ScriptedToolCall[] | undefined;
  readonly reasoningDetails?: unknown[] | undefined;
  readonly finishReason?: string | undefined;
  readonly usage?:
    | {
        inputTokens?: number | undefined;
        outputTokens?: number | undefined;
        costUsd?: number | undefined;
      }
    | undefined;
}

/** An answer as it goes out, with all ids made. */
export interface Answer {
  readonly text: string | null;
  readonly toolCalls: { id: string; name: string; arguments: string }[];
  readonly reasoningDetails: unknown[] | undefined;
  readonly finishReason: string;
  readonly usage: ModelReply['usage'];
}

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
