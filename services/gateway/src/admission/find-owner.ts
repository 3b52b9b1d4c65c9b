import type { JobRequest } from '@pawl/contracts';
import { newId, shardOfId } from '@pawl/contracts';
import type { Gateway } from '../gateway.ts';
import { invalidField } from '../http/problem-error.ts';
import { findConversation } from '../routes/find-conversation.ts';
import { checkUser } from './check-user.ts';

/** For whom a job works, and in which conversation. */
export interface JobOwner {
  readonly user: string;
  readonly conversation: string;
  readonly startsConversation: boolean;
}

/** The shard that a job's id has to name: its conversation's, else its user's. */
export function shardOfRequest({ store, settings }: Gateway, body: JobRequest, tenant: string) {
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
