import { z } from 'zod';

/**
 * How strict the model endpoint is. What is on by default, the strictest of the real endpoints refuse; what is off, is
 * one kind's alone. In parentheses: who does so.
 */
const endpointRulesSchema = z.strictObject({
  /** Users and assistants take turns, a user never follows a tool, and none of the two ends as the assistant (Mistral). */
  alternation: z.boolean().default(true),
  /** No text is empty or blank (Anthropic, Bedrock). */
  nonEmptyContent: z.boolean().default(true),
  /** Arguments in a history are the text of an object (Anthropic, Gemini, vLLM). */
  argumentObjects: z.boolean().default(true),
  /** No text holds half a surrogate pair, as an escape either (all whose parsers want UTF-8). */
  wellFormedText: z.boolean().default(true),
  /** No two calls of a request have the same id (Anthropic). */
  uniqueCallIds: z.boolean().default(true),
  /** Characters of a call's id (OpenAI: 40). */
  longestCallId: z.int().min(1).default(40),
  /** Functions take an object with properties, without a choice at the root (OpenAI, Anthropic). */
  objectParameters: z.boolean().default(true),
  /** A history with calls needs tools (Anthropic, Bedrock). */
  toolsForCalls: z.boolean().default(true),
  /** Only fields that the API names stand in a message (Groq, Cerebras, Mistral). */
  knownMessageFields: z.boolean().default(false),
  /** Call ids are nine letters or digits (Mistral). */
  nineCharacterIds: z.boolean().default(false),
  /** Messages may hold images and files (models that see; OpenRouter's words where they may not). */
  contentParts: z.boolean().default(true),
  /** Schemas use only what Gemini's dialect has: no references, patterns, lists of types, exclusive bounds … */
  plainSchemas: z.boolean().default(false),
  /** The only name of the bound on the output that is known (`max_tokens`: Mistral and older servers). */
  outputLimitField: z.enum(['max_tokens', 'max_completion_tokens']).optional(),
  /** Tokens that messages, tools and the bound on the output may have together; see `contextError`. */
  contextTokens: z.int().min(1).optional(),
  /** In whose words a request that is too long is refused. */
  contextError: z
    .enum(['openai', 'anthropic', 'gemini', 'vllm', 'mistral', 'llama.cpp', 'litellm', 'ollama'])
    .default('openai'),
});

export type EndpointRules = z.infer<typeof endpointRulesSchema>;

export const endpointSettingsSchema = endpointRulesSchema.extend({
  /** Rules of single models, where they differ. */
  models: z.record(z.string(), endpointRulesSchema.partial()).default({}),
});

export type EndpointSettingsInput = z.input<typeof endpointSettingsSchema>;

/** The rules in force, which can be changed while the sandbox runs. */
export interface Endpoint {
  /** Throws a ZodError where the settings are malformed. */
  set(settings: EndpointSettingsInput): void;
  reset(): void;
  rulesFor(model: string): EndpointRules;
}

export function createEndpoint(initial: EndpointSettingsInput): Endpoint {
  let settings = endpointSettingsSchema.parse(initial);
  return {
    set(changed) {
      settings = endpointSettingsSchema.parse(changed);
    },
    reset() {
      settings = endpointSettingsSchema.parse(initial);
    },
    rulesFor(model) {
      const { models, ...rules } = settings;
      const own = Object.entries(models[model] ?? {}).filter(([, value]) => value !== undefined);
      return { ...rules, ...Object.fromEntries(own) };
    },
  };
}
