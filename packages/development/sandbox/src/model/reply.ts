import { z } from 'zod';
import { newCallId } from './reasoning.ts';

/** One tool call of a scripted reply; an `arguments` string is sent as it is, valid JSON or not. */
const toolCallSchema = z.strictObject({
  id: z.string().optional(),
  name: z.string(),
  arguments: z.union([z.string(), z.record(z.string(), z.unknown())]).optional(),
});

/** What a script lets the model answer. */
export const replySchema = z.strictObject({
  text: z.string().optional(),
  toolCalls: z.array(toolCallSchema).optional(),
  reasoningDetails: z.array(z.unknown()).optional(),
  finishReason: z.string().optional(),
  usage: z
    .strictObject({
      inputTokens: z.number().optional(),
      outputTokens: z.number().optional(),
      costUsd: z.number().optional(),
    })
    .optional(),
});

export type ScriptedToolCall = z.infer<typeof toolCallSchema>;
export type ModelReply = z.infer<typeof replySchema>;

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
