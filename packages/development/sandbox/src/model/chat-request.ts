import { z } from 'zod';

const textPartSchema = z.looseObject({ type: z.string(), text: z.string().optional() });

const contentSchema = z.union([z.string(), z.array(textPartSchema).min(1)]);

const toolCallSchema = z.looseObject({
  id: z.string().min(1),
  type: z.literal('function'),
  function: z.looseObject({ name: z.string().min(1), arguments: z.string() }),
});

const messageSchema = z.discriminatedUnion('role', [
  z.looseObject({ role: z.literal('system'), content: contentSchema }),
  z.looseObject({ role: z.literal('developer'), content: contentSchema }),
  z.looseObject({ role: z.literal('user'), content: contentSchema }),
  z.looseObject({
    role: z.literal('assistant'),
    content: contentSchema.nullish(),
    tool_calls: z.array(toolCallSchema).min(1).optional(),
  }),
  z.looseObject({
    role: z.literal('tool'),
    content: contentSchema,
    tool_call_id: z.string().min(1),
  }),
]);

const toolSchema = z.looseObject({
  type: z.literal('function'),
  function: z.looseObject({
    name: z.string(),
    description: z.string().optional(),
    parameters: z.record(z.string(), z.unknown()).optional(),
  }),
});

export const chatRequestSchema = z.looseObject({
  model: z.string().min(1),
  models: z.array(z.string().min(1)).optional(),
  messages: z.array(messageSchema).min(1),
  tools: z.array(toolSchema).optional(),
  tool_choice: z.unknown().optional(),
  stream: z.boolean().nullish(),
  stream_options: z.looseObject({ include_usage: z.boolean().optional() }).nullish(),
  max_tokens: z.int().min(1).nullish(),
  max_completion_tokens: z.int().min(1).nullish(),
  n: z.int().min(1).nullish(),
  temperature: z.number().min(0).max(2).nullish(),
  response_format: z
    .looseObject({
      type: z.enum(['text', 'json_object', 'json_schema']),
      json_schema: z
        .looseObject({ name: z.string(), schema: z.record(z.string(), z.unknown()) })
        .optional(),
    })
    .nullish(),
});

export type ChatMessage = z.infer<typeof messageSchema>;
export type AssistantMessage = Extract<ChatMessage, { role: 'assistant' }>;
export type ChatTool = z.infer<typeof toolSchema>;
export type ChatRequest = z.infer<typeof chatRequestSchema>;

/** The text of a message, whatever form its content has. */
export function textOf(content: ChatMessage['content']): string {
  if (typeof content === 'string') return content;
  return (content ?? []).map((part) => part.text ?? '').join('\n');
}

/** The last user message, and how many answers it has had: the turn that is asked for. */
export function currentPrompt(messages: readonly ChatMessage[]): {
  prompt: string;
  index: number;
  turn: number;
} {
  const index = messages.findLastIndex((message) => message.role === 'user');
  const after = messages.slice(index + 1);
  return {
    prompt: index === -1 ? '' : textOf(messages[index]?.content),
    index,
    turn: after.filter((message) => message.role === 'assistant').length,
  };
}
