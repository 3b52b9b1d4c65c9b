import {
  ConversationId,
  type ConversationState,
  DeliveryId,
  JobId,
  type JobState,
  ScheduleId,
  type ScheduleState,
  type WebhookDelivery,
} from '@pawl/contracts';
import type { JobParts } from '@pawl/engine';
import type { Response } from 'express';
import type { Gateway } from '../gateway.ts';
import { notFound } from '../http/problem.ts';
import { note } from '../http/request-log.ts';

/**
 * A tenant's conversation.
 *
 * @throws ProblemError `not_found` for what is no conversation, and for another tenant's.
 */
export async function findConversation(
  { engine: { store } }: Gateway,
  { id, tenant }: { id: unknown; tenant: string },
): Promise<ConversationState> {
  const parsed = ConversationId.safeParse(id);
  if (!parsed.success || !store.knowsShardOf(parsed.data)) {
    throw notFound(`conversation ${String(id).slice(0, 80)}`);
  }
  const conversation = await store.readConversationState(parsed.data);
  if (conversation?.tenant !== tenant) throw notFound(`conversation ${parsed.data}`);
  return conversation;
}

/**
 * A tenant's delivery of a webhook.
 *
 * @throws ProblemError `not_found` for what is no delivery, and for another tenant's.
 */
export async function findDelivery(
  { engine: { store } }: Gateway,
  { id, tenant }: { id: unknown; tenant: string },
): Promise<WebhookDelivery> {
  const parsed = DeliveryId.safeParse(id);
  if (!parsed.success || !store.knowsShardOf(parsed.data)) {
    throw notFound(`webhook delivery ${String(id).slice(0, 100)}`);
  }
  const delivery = await store.readDelivery(parsed.data);
  if (delivery?.tenant !== tenant) throw notFound(`webhook delivery ${parsed.data}`);
  return delivery;
}

interface JobReference {
  readonly id: unknown;
  readonly tenant: string;
  readonly response: Response;
}

/**
 * A tenant's job, with all that shows it.
 *
 * @throws ProblemError `not_found` for what is no job, and for another tenant's.
 */
export async function findJob(gateway: Gateway, reference: JobReference): Promise<JobParts> {
  const id = jobIdOf(gateway, reference);
  const parts = await gateway.engine.store.readJobParts(id);
  if (parts?.job.tenant !== reference.tenant) throw notFound(`job ${id}`);
  return parts;
}

/** The same without its request and its result, which may be large. */
export async function findJobState(gateway: Gateway, reference: JobReference): Promise<JobState> {
  const id = jobIdOf(gateway, reference);
  const job = await gateway.engine.store.readJob(id);
  if (job?.tenant !== reference.tenant) throw notFound(`job ${id}`);
  return job;
}

/** @throws ProblemError `not_found` for what is no id of a job. */
export function jobIdOf({ engine: { store } }: Gateway, { id, response }: JobReference): string {
  const parsed = JobId.safeParse(id);
  if (!parsed.success || !store.knowsShardOf(parsed.data)) {
    throw notFound(`job ${String(id).slice(0, 80)}`);
  }
  note(response, { job: parsed.data });
  return parsed.data;
}

/**
 * A tenant's schedule.
 *
 * @throws ProblemError `not_found` for what is no schedule, and for another tenant's.
 */
export async function findSchedule(
  { engine: { store } }: Gateway,
  { id, tenant }: { id: unknown; tenant: string },
): Promise<ScheduleState> {
  const parsed = ScheduleId.safeParse(id);
  if (!parsed.success || !store.knowsShardOf(parsed.data)) {
    throw notFound(`schedule ${String(id).slice(0, 80)}`);
  }
  const schedule = await store.readSchedule(parsed.data);
  if (schedule?.tenant !== tenant) throw notFound(`schedule ${parsed.data}`);
  return schedule;
}
