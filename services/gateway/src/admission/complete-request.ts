import {
  type AdmittedRequest,
  type AgentReference,
  type JobRequest,
  type Limits,
  newId,
  shardOfId,
} from '@pawl/contracts';
import { resolveRequest } from '@pawl/engine';
import type { Gateway } from '../gateway.ts';
import { invalidField, ProblemError } from '../http/problem.ts';
import { findConversation } from '../routes/find.ts';

/** What a job is to do, and as which agent. */
export interface CompletedRequest {
  readonly request: AdmittedRequest;
  readonly limits: Limits;
  readonly agent: AgentReference | undefined;
}

/**
 * A job's request with everything filled in, from its body, the agent that it names, and the environment.
 *
 * @throws ProblemError `unknown_agent`, and `invalid_request` for what the agent does not allow.
 */
export async function completeRequest(
  { engine: { store }, settings }: Pick<Gateway, 'engine' | 'settings'>,
  body: JobRequest,
  tenant: string,
): Promise<CompletedRequest> {
  checkPrompt(settings, body.prompt);
  const agent = body.agent === undefined ? undefined : await store.readAgent(tenant, body.agent);
  if (body.agent !== undefined && agent === undefined) {
    throw new ProblemError('unknown_agent', `There is no agent named ${body.agent}.`, {
      invalidFields: [{ path: 'agent', message: 'is not the name of an agent' }],
    });
  }
  const resolved = resolveRequest(body, agent?.definition, settings.defaults);
  if (resolved.kind === 'refused') throw invalidField(resolved.path, resolved.message);
  const { request, limits } = resolved;
  return { request, limits, agent: agent && { name: agent.name, version: agent.version } };
}

/** The model endpoint fetches what a prompt names. It may stand in this network: nothing of that may be named. */
function checkPrompt({ checkWebhookUrl }: Gateway['settings'], prompt: JobRequest['prompt']): void {
  if (typeof prompt === 'string') return;
  for (const [index, part] of prompt.entries()) {
    if (part.type !== 'image_url' || part.image_url.url.startsWith('data:')) continue;
    const refusal = checkWebhookUrl(part.image_url.url);
    if (refusal !== undefined) throw invalidField(`prompt[${index}].image_url.url`, refusal);
  }
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

/** @throws ProblemError where neither names a user, or one that can't be used. */
export function userOf(body: Pick<JobRequest, 'user'>, fallback: string | undefined): string {
  const user = body.user ?? fallback;
  if (user === undefined) {
    throw invalidField('user', 'is required, since SCALEKIT_IDENTIFIER is not set');
  }
  checkUser(user);
  return user;
}
