import { z } from 'zod';
import { checkMessages } from './check-messages.ts';
import { checkStrictly } from './check-strictly.ts';
import { checkTools } from './check-tools.ts';
import type { Endpoint } from './endpoint-rules.ts';
import { invalidRequest, ModelError } from './model-error.ts';

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

const bodySchema = z.looseObject({
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
export type ChatRequest = z.infer<typeof bodySchema>;

const modelName = /^[\w.-]+\/[\w.:-]+(\/[\w.:-]+)*$/;

/** Models without a provider in front that are known all the same. */
const knownModels = new Set(['gpt-4o-mini', 'gpt-4o', 'gpt-4.1-mini']);

function checkModel(name: string): void {
  if (modelName.test(name) || knownModels.has(name)) return;
  const message = `The model ${name} does not exist: use a name of the form provider/name`;
  throw new ModelError(404, 'model_not_found', message, 'model');
}

/** Parses and checks a request as strictly as real endpoints do. Throws `ModelError`. */
export function parseChatRequest(body: unknown, endpoint: Pick<Endpoint, 'rulesFor'>): ChatRequest {
  const parsed = bodySchema.safeParse(body);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const path = issue?.path.map(String).join('.') ?? '';
    throw invalidRequest(`Invalid value at ${path || 'the body'}: ${issue?.message}`, path);
  }
  const request = parsed.data;
  for (const name of [request.model, ...(request.models ?? [])]) checkModel(name);
  if ((request.n ?? 1) > 1) throw invalidRequest('Only n = 1 is supported', 'n');
  checkMessages(request.messages);
  checkTools(request.tools ?? []);
  checkStrictly(request, endpoint.rulesFor(request.model));
  if (request.response_format?.type === 'json_schema' && !request.response_format.json_schema) {
    throw invalidRequest('response_format.json_schema is missing', 'response_format');
  }
  return request;
}

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
