import { z } from 'zod';
import { ConversationId } from './ids.ts';
import { JsonObject } from './json.ts';
import { ContentPart, Prompt } from './prompt-content.ts';
import { WebhookRequest } from './webhook.ts';

/** The Scalekit identifier of the person for whom the agent works. */
export const User = z
  .string()
  .min(1)
  .max(256)
  .regex(/^[^\p{Cc}]*$/u, 'must not hold control characters')
  // In UTF-8 all unpaired surrogates are U+FFFD: in hashes and with Scalekit, different users would be one.
  .regex(/^\P{Cs}*$/u, 'must be well-formed Unicode, without unpaired surrogates')
  .regex(/^\S(.*\S)?$/u, 'must not begin or end with a blank');

/** A connection as it is named in Scalekit. */
export const ConnectionName = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,127}$/, 'must be a connection name such as gmail');

export const ModelName = z
  .string()
  .min(1)
  .max(200)
  .regex(/^[^\s\p{Cc}]+$/u, 'must not hold spaces or control characters');

/** Lower case, so that it is a file's name everywhere: `agents/triage.md`. */
export const AgentName = z
  .string()
  .regex(
    /^[a-z0-9][a-z0-9_-]{0,63}$/,
    'must be a name such as triage: letters a-z, digits, _ and -',
  );

const ToolPattern = z
  .string()
  .regex(
    /^[A-Za-z0-9_.:/*-]{1,128}$/,
    'must be a tool name, in which * stands for any run of characters',
  );

/**
 * Which calls wait for a person's word before they are made: none, those that change something, all, or those of tools
 * whose names match a pattern.
 */
export const ApprovalPolicy = z.union([
  z.enum(['none', 'writes', 'all']),
  z.array(ToolPattern).min(1).max(200),
]);
export type ApprovalPolicy = z.infer<typeof ApprovalPolicy>;

/** What goes to the endpoint as it is. Everything else in a request body is Pawl's. */
const ModelOptions = z.strictObject({
  temperature: z.number().min(0).max(2).optional(),
  top_p: z.number().min(0).max(1).optional(),
  seed: z.int().optional(),
  max_completion_tokens: z.int().min(1).optional(),
  parallel_tool_calls: z.boolean().optional(),
  reasoning: JsonObject.optional(),
  reasoning_effort: z.string().max(40).optional(),
  provider: JsonObject.optional(),
  request_tags: z.array(z.string().max(200)).max(20).optional(),
  service_tier: z.string().max(40).optional(),
});

const ResponseFormat = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('json_object') }),
  z.strictObject({
    type: z.literal('json_schema'),
    json_schema: z.strictObject({
      name: z.string().regex(/^[A-Za-z0-9_-]{1,64}$/),
      description: z.string().max(2_000).optional(),
      schema: JsonObject,
      strict: z.boolean().optional(),
    }),
  }),
]);

const limit = {
  turns: z.int().min(1).max(1_000),
  tool_calls: z.int().min(0).max(10_000),
  tokens: z.int().min(1),
  cost_usd: z.number().positive(),
  deadline_seconds: z.int().min(1).max(2_592_000),
};

export const Limits = z.strictObject({
  turns: limit.turns.default(8),
  tool_calls: limit.tool_calls.default(64),
  tokens: limit.tokens.optional(),
  cost_usd: limit.cost_usd.optional(),
  deadline_seconds: limit.deadline_seconds.default(86_400),
});
export type Limits = z.infer<typeof Limits>;

/** Limits as a request or an agent gives them: what is left out is the default. */
const GivenLimits = z
  .strictObject({
    ...limit,
    turns: limit.turns.meta({ default: 8 }),
    tool_calls: limit.tool_calls.meta({ default: 64 }),
    deadline_seconds: limit.deadline_seconds.meta({ default: 86_400 }),
  })
  .partial();

const Metadata = z
  .record(z.string().min(1).max(64), z.string().max(512))
  .refine((pairs) => Object.keys(pairs).length <= 32, 'must have at most 32 pairs');

/** What an agent says of its jobs, and a job's body may say besides: see `resolveRequest`. */
export const agentFields = {
  connections: z.array(ConnectionName).max(20).optional(),
  model: ModelName.optional(),
  fallback_models: z.array(ModelName).max(10).optional(),
  model_options: ModelOptions.optional(),
  instructions: z.string().max(100_000).optional(),
  response_format: ResponseFormat.optional(),
  tools: z
    .strictObject({
      allow: z.array(ToolPattern).max(200).optional(),
      deny: z.array(ToolPattern).max(200).optional(),
      approve: ApprovalPolicy.optional(),
      /** How long a call waits for a person; then it counts as rejected. Default: as long as the job. */
      approval_seconds: z.int().min(1).max(2_592_000).optional(),
    })
    .optional(),
  limits: GivenLimits.optional(),
  metadata: Metadata.optional(),
};

/** What becomes of a writing call of which nobody knows whether it happened, as it is stored. */
export const UnknownOutcomePolicy = z.enum(['ask', 'tell_model', 'retry']);
export type UnknownOutcomePolicy = z.infer<typeof UnknownOutcomePolicy>;

/** The same, as it is asked for. `check`: it is looked up where that can be done, and a person is asked else. */
const AskedUnknownOutcome = z.enum(['check', ...UnknownOutcomePolicy.options]);
export type AskedUnknownOutcome = z.infer<typeof AskedUnknownOutcome>;

function hasLaterStart(body: { start_at?: unknown; delay_seconds?: unknown }): boolean {
  return body.start_at !== undefined || body.delay_seconds !== undefined;
}

/** The body of `POST /v1/jobs`. */
export const JobRequest = z
  .strictObject({
    prompt: Prompt,
    agent: AgentName.optional(),
    user: User.optional(),
    conversation: ConversationId.optional(),
    ...agentFields,
    when_busy: z.enum(['queue', 'reject', 'interrupt']).default('queue'),
    on_unknown_outcome: AskedUnknownOutcome.default('check'),
    /** `null`: none, not even the tenant's default. */
    webhook: WebhookRequest.nullable().optional(),
    start_at: z.iso.datetime({ offset: true }).optional(),
    delay_seconds: z.int().min(0).max(31_536_000).optional(),
    priority: z.int().min(0).max(1_000).default(0),
  })
  .refine((body) => body.start_at === undefined || body.delay_seconds === undefined, {
    path: ['delay_seconds'],
    message: 'give start_at or delay_seconds, not both',
  })
  .refine((body) => body.when_busy === 'queue' || !hasLaterStart(body), {
    path: ['when_busy'],
    message: 'must be queue for a job with a later start: it joins the line when it is due',
  });
export type JobRequest = z.infer<typeof JobRequest>;

/** The body of `POST /v1/jobs/{id}/retry`: limits that are not given stay as they were. */
export const RetryRequest = z.strictObject({
  limits: z.strictObject(limit).partial().optional(),
});
export type RetryRequest = z.infer<typeof RetryRequest>;

/**
 * What a body says itself of what its agent, the tenant or the defaults may say too, as it says it. What it leaves out, or
 * says as everybody's default, is absent.
 */
export const AskedFields = z.object({
  ...agentFields,
  on_unknown_outcome: AskedUnknownOutcome.optional(),
  priority: z.int().min(0).max(1_000).optional(),
});
export type AskedFields = z.infer<typeof AskedFields>;

/** What a client sends: every field with a default may be left out. */
export type JobRequestInput = z.input<typeof JobRequest>;

/** A request after admission: every default filled in, from the body or the environment. It never changes. */
export const AdmittedRequest = z.object({
  /** The text of it. */
  prompt: z.string(),
  /** The prompt as it came, where it was more than text. */
  content: z.array(ContentPart).optional(),
  models: z.array(z.string()).min(1),
  modelOptions: JsonObject,
  instructions: z.string(),
  responseFormat: JsonObject.optional(),
  connections: z.array(z.string()),
  tools: z.object({
    allow: z.array(z.string()).optional(),
    deny: z.array(z.string()).optional(),
    /** Beside `allow`: one of these has to match, too. The agent says the one and the job the other. */
    within: z.array(z.string()).optional(),
    /** What job, agent and tenant say: a call waits for a person if any of them wants it. */
    approve: z.array(ApprovalPolicy).optional(),
    approvalSeconds: z.number().positive().optional(),
  }),
  /** True: what nobody knows is looked up before a person is asked. Absent in requests from before that. */
  looksUp: z.boolean().optional(),
  metadata: z.record(z.string(), z.string()),
  /** What the body said itself (see `AskedFields`). Absent in requests from before that. */
  asked: z
    .object({
      /** Fields that stand in this request as the body had them. */
      kept: z.array(z.string()),
      /** The others, as the body had them. */
      merged: JsonObject,
    })
    .optional(),
});
export type AdmittedRequest = z.infer<typeof AdmittedRequest>;

/** How browsers reach the gateway: `PUBLIC_URL`, without a slash at the end. */
export const PublicUrl = z
  .url({ protocol: /^https?$/, error: 'it must be a URL that starts with http:// or https://' })
  .transform((url) => url.replace(/\/+$/, ''));
