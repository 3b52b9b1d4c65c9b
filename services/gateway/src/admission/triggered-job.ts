import { createHash, createHmac } from 'node:crypto';
import {
  formatId,
  JobRequest,
  shardOfId,
  type TriggeredJobRequest,
  type TriggerState,
} from '@pawl/contracts';
import {
  admit,
  type AdmissionOutcome,
  renderKey,
  renderPrompt,
  type TriggerInput,
  unknownOutcomePolicy,
} from '@pawl/engine';
import type { Gateway } from '../gateway.ts';
import { checkConnections } from './check-connections.ts';
import { completeRequest } from './complete-request.ts';
import { resolveWebhook } from './resolve-webhook.ts';

/** One event of a sender that has proved itself. */
export interface ProvenEvent {
  /** The sender's id of it. */
  readonly id: string;
  readonly input: TriggerInput;
  readonly secret: string;
}

export type TriggeredOutcome =
  | AdmissionOutcome
  /** The template names a place where nothing stands. */
  | { readonly kind: 'missing'; readonly place: string };

/** The job that a trigger posts, as a body that would be posted with this prompt. */
function bodyOf(job: unknown, prompt: string, metadata: Record<string, string>): JobRequest {
  const body = JobRequest.parse({ ...(job as object), prompt });
  return { ...body, metadata: { ...metadata, ...body.metadata } };
}

function metadataOf(trigger: string, event: string): Record<string, string> {
  return { trigger, trigger_event: event.slice(0, 512) };
}

/**
 * That events could become jobs, as far as that can be told ahead.
 *
 * @throws ProblemError for what would be refused of a job.
 */
export async function checkTriggeredJob(
  gateway: Gateway,
  job: TriggeredJobRequest,
  { id, tenant }: { id: string; tenant: string },
): Promise<void> {
  const body = bodyOf(job, 'An event', metadataOf(id, 'event'));
  const { request } = await completeRequest(gateway, body, tenant);
  await checkConnections(gateway.tools, request.connections, body.connections);
  await resolveWebhook(gateway, body.webhook, tenant);
}

/** The id of the job that an event becomes: the same one each time that it comes. */
export function jobIdOfEvent(trigger: string, event: string): string {
  return formatId('job', shardOfId(trigger), `trg-${digestOf(`${trigger}\n${event}`)}`);
}

/**
 * Posts the job of an event. Idempotent by the job's id.
 *
 * @throws ProblemError where the trigger's job is refused today.
 */
export async function admitTriggered(
  gateway: Gateway,
  trigger: TriggerState,
  event: ProvenEvent,
): Promise<TriggeredOutcome> {
  const { id, tenant, user } = trigger;
  const shard = shardOfId(id);
  const mark = createHmac('sha256', event.secret).update(event.id).digest('hex').slice(0, 16);
  const prompt = renderPrompt(trigger.template, event.input, mark);
  if (prompt.kind === 'missing') return prompt;
  const key =
    trigger.conversationKey === undefined
      ? { kind: 'rendered' as const, text: `event ${event.id}` }
      : renderKey(trigger.conversationKey, event.input);
  if (key.kind === 'missing') return key;
  const body = bodyOf(trigger.job, prompt.text, metadataOf(id, event.id));
  const { request, limits, agent } = await completeRequest(gateway, body, tenant);
  const conversation = `trg-${digestOf(`${id}\n${user}\n${key.text}`)}`;
  return admit(gateway.engine, {
    id: jobIdOfEvent(id, event.id),
    tenant,
    user,
    conversation: formatId('conversation', shard, conversation),
    // Made with the first event of its key; the others find it.
    startsConversation: true,
    request,
    limits,
    agent,
    onUnknownOutcome: unknownOutcomePolicy(body.on_unknown_outcome),
    webhook: await resolveWebhook(gateway, body.webhook, tenant),
    priority: body.priority,
    whenBusy: 'queue',
  });
}

function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 40);
}
