import {
  type AdmittedRequest,
  type JobRequest,
  type Json,
  type JsonObject,
  newId,
  shardOfId,
} from '@pawl/contracts';
import type { Gateway, JobDefaults } from '../gateway.ts';
import { invalidField } from '../http/problem.ts';
import { findConversation } from '../routes/find.ts';

/** The parts of a job's request that never change, every default filled in. */
export function completeRequest(body: JobRequest, defaults: JobDefaults): AdmittedRequest {
  const model = body.model ?? defaults.model;
  if (model === undefined) {
    throw invalidField('model', 'is required, since FASTROUTER_MODEL is not set');
  }
  return {
    prompt: body.prompt,
    models: [model, ...body.fallback_models],
    modelOptions: definedOnly(body.model_options),
    instructions: body.instructions ?? defaults.instructions,
    ...(body.response_format !== undefined && {
      responseFormat: definedOnly(body.response_format),
    }),
    connections: [...new Set(body.connections ?? defaults.connections)],
    tools: definedOnly(body.tools),
    metadata: body.metadata,
  };
}

/** A year, as for `delay_seconds`. */
const longestDelay = 31_536_000_000;

/**
 * When the job may start, in milliseconds since 1970; undefined for "now".
 *
 * @throws ProblemError for a start that is more than a year away.
 */
export function startTimeOf(body: JobRequest, now: number): number | undefined {
  if (body.delay_seconds !== undefined) return now + body.delay_seconds * 1_000;
  if (body.start_at === undefined) return undefined;
  const startAt = Date.parse(body.start_at);
  if (startAt > now + longestDelay) throw invalidField('start_at', 'must be within a year');
  return startAt;
}

/** JSON has no undefined: absent keys stay absent. */
function definedOnly(value: object): JsonObject {
  return Object.fromEntries<Json>(Object.entries(value).filter(([, inner]) => inner !== undefined));
}

/** Stands between tenant and user in the name under which Scalekit knows a user (see `identifierOf`). */
const separator = '::';

export function isUsableUser(user: string): boolean {
  return !user.includes(separator);
}

/** @throws ProblemError when the identifier can't be used with Scalekit. */
export function checkUser(user: string): void {
  if (!isUsableUser(user)) throw invalidField('user', `must not contain ${separator}`);
}

/** For whom a job works, and in which conversation. */
export interface JobOwner {
  readonly user: string;
  readonly conversation: string;
  readonly startsConversation: boolean;
}

/** The shard that a job's id has to name: its conversation's, else its user's. */
export function shardOfRequest(
  { engine: { store }, settings }: Gateway,
  body: JobRequest,
  tenant: string,
) {
  if (body.conversation !== undefined) return shardOfId(body.conversation);
  return store.shardOf({ tenant, user: userOf(body, settings.defaults.user) });
}

/**
 * The conversation that a job continues, or a new one in the job's shard.
 *
 * @throws ProblemError when the conversation is unknown or another tenant's, or belongs to another user.
 */
export async function findOwner(
  gateway: Gateway,
  { body, tenant, job }: { body: JobRequest; tenant: string; job: string },
): Promise<JobOwner> {
  if (body.conversation === undefined) {
    return {
      user: userOf(body, gateway.settings.defaults.user),
      conversation: newId('conversation', shardOfId(job)),
      startsConversation: true,
    };
  }
  const conversation = await findConversation(gateway, { id: body.conversation, tenant });
  if (body.user !== undefined && body.user !== conversation.user) {
    throw invalidField('user', 'is not the user of this conversation, which cannot change');
  }
  return { user: conversation.user, conversation: conversation.id, startsConversation: false };
}

function userOf(body: JobRequest, fallback: string | undefined): string {
  const user = body.user ?? fallback;
  if (user === undefined) {
    throw invalidField('user', 'is required, since SCALEKIT_IDENTIFIER is not set');
  }
  checkUser(user);
  return user;
}
