import { z } from 'zod';
import { agentFields, AgentName } from './job-request.ts';

const fields = { description: z.string().max(1_000).optional(), ...agentFields };

/** What an agent says: its description, and what its jobs begin with. */
export const AgentDefinition = z.strictObject(fields);
export type AgentDefinition = z.infer<typeof AgentDefinition>;

/** The body of `POST /v1/agents`. */
export const AgentRequest = z.strictObject({ name: AgentName, ...fields });
export type AgentRequest = z.infer<typeof AgentRequest>;

/** The body of `PATCH /v1/agents/{name}`: what is left out stays, `null` takes a field away, each is replaced whole. */
export const AgentChanges = z.strictObject({
  description: fields.description.nullable(),
  connections: fields.connections.nullable(),
  model: fields.model.nullable(),
  fallback_models: fields.fallback_models.nullable(),
  model_options: fields.model_options.nullable(),
  instructions: fields.instructions.nullable(),
  response_format: fields.response_format.nullable(),
  tools: fields.tools.nullable(),
  limits: fields.limits.nullable(),
  metadata: fields.metadata.nullable(),
  /** The version that the changes are made to: refused where the agent has another by now. */
  version: z.string().min(1).max(64).optional(),
});
export type AgentChanges = z.infer<typeof AgentChanges>;

/** Which version of an agent a job works as. */
export const AgentReference = z.object({ name: z.string(), version: z.string() });
export type AgentReference = z.infer<typeof AgentReference>;

const Time = z.int().nonnegative();

/** The record of an agent. Its definition is read as it was written, whatever requests may say today. */
export const StoredAgent = z.object({
  name: z.string(),
  version: z.string(),
  /** `api`: made by a request, and changed by others. `file`: the operator's, the same for all tenants. */
  source: z.enum(['api', 'file']),
  definition: z.object(fields),
  createdAt: Time,
  updatedAt: Time,
});
export type StoredAgent = z.infer<typeof StoredAgent>;

/** An agent as the API shows it. */
export const Agent = z.object({
  name: z.string(),
  object: z.literal('agent'),
  /** Another one after each change. */
  version: z.string(),
  source: z.enum(['api', 'file']),
  ...fields,
  created_at: z.iso.datetime(),
  updated_at: z.iso.datetime(),
});
export type Agent = z.infer<typeof Agent>;

export const AgentList = z.object({
  object: z.literal('list'),
  data: z.array(Agent),
  next_cursor: z.string().nullable(),
});
export type AgentList = z.infer<typeof AgentList>;
