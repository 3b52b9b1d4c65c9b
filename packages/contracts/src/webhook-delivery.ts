import { z } from 'zod';
import { DeliveryId } from './ids.ts';
import { WebhookEvent, WebhookEventType } from './webhook.ts';

/** Times in states are milliseconds since 1970. */
const Time = z.int().nonnegative();
const Count = z.int().nonnegative();

/** One attempt that has been made: what the receiver answered, or why it gave no answer. */
export const WebhookAttempt = z.object({
  startedAt: Time,
  finishedAt: Time,
  responseCode: z.int().optional(),
  error: z.object({ code: z.string(), message: z.string() }).optional(),
});
export type WebhookAttempt = z.infer<typeof WebhookAttempt>;

/**
 * Where a delivery stands. `since` is the sequence of the commit that made it runnable, and so part of its task's id;
 * `epoch` is the sequence of the newest claim, and only its claimant commits.
 */
const Ready = z.object({ status: z.literal('ready'), since: Count, notBefore: Time });
const Running = z.object({
  status: z.literal('running'),
  since: Count,
  epoch: Count,
  startedAt: Time,
});
const Succeeded = z.object({ status: z.literal('succeeded'), at: Time });
const Dead = z.object({
  status: z.literal('dead'),
  at: Time,
  reason: z.enum(['attempts_exhausted', 'endpoint_gone', 'endpoint_disabled']),
});

export const DeliveryPhase = z.discriminatedUnion('status', [Ready, Running, Succeeded, Dead]);
export type DeliveryPhase = z.infer<typeof DeliveryPhase>;

/** One event on its way to one endpoint. Its body stands beside it, and neither body nor event id ever changes. */
export const WebhookDelivery = z.object({
  id: z.string(),
  tenant: z.string(),
  /** The `webhook-id`: receivers know a repetition by it. */
  event: z.string(),
  type: WebhookEventType,
  job: z.string().optional(),
  /** The span that it belongs below, as `traceparent` has it. */
  trace: z.string().optional(),
  url: z.string(),
  /** What deliveries to the same place share: how many are made at a time, and whether any are wanted. */
  endpoint: z.string(),
  sequence: Count,
  createdAt: Time,
  /** Attempts of the current round: where it stands in the retry schedule. */
  tries: Count,
  /** Attempts ever made. */
  attempts: Count,
  /** The newest attempts. */
  log: z.array(WebhookAttempt),
  phase: DeliveryPhase,
});
export type WebhookDelivery = z.infer<typeof WebhookDelivery>;

export const WebhookDeliveryStatus = z.enum(['pending', 'succeeded', 'dead']);
export type WebhookDeliveryStatus = z.infer<typeof WebhookDeliveryStatus>;

const Instant = z.iso.datetime();
const AttemptError = z.object({ code: z.string(), message: z.string() });

/** A delivery as `GET /v1/webhook-deliveries` shows it. */
export const WebhookDeliveryResource = z.object({
  id: DeliveryId,
  object: z.literal('webhook_delivery'),
  status: WebhookDeliveryStatus,
  event: z.string(),
  type: WebhookEventType,
  job: z.string().nullable(),
  url: z.string(),
  attempts: z.int(),
  response_code: z.int().nullable(),
  error: AttemptError.nullable(),
  created_at: Instant,
  last_attempt_at: Instant.nullable(),
  /** Null while an attempt is under way or waits for its endpoint, and at the end. */
  next_attempt_at: Instant.nullable(),
  finished_at: Instant.nullable(),
  /** Why a dead delivery was given up. */
  reason: z.string().nullable(),
  /** The newest attempts, oldest first. */
  log: z.array(
    z.object({
      started_at: Instant,
      milliseconds: z.int(),
      response_code: z.int().nullable(),
      error: AttemptError.nullable(),
    }),
  ),
});
export type WebhookDeliveryResource = z.infer<typeof WebhookDeliveryResource>;

/** The answer of `GET /v1/webhook-deliveries/{id}`. */
export const WebhookDeliveryDetail = WebhookDeliveryResource.extend({
  /** What is sent. For an API key without the scope `approvals` its link to approve calls is null. */
  body: WebhookEvent,
});
export type WebhookDeliveryDetail = z.infer<typeof WebhookDeliveryDetail>;

export const WebhookDeliveryList = z.object({
  object: z.literal('list'),
  data: z.array(WebhookDeliveryResource),
  next_cursor: z.string().nullable(),
});
export type WebhookDeliveryList = z.infer<typeof WebhookDeliveryList>;

/** The answer of `POST /v1/webhook-secrets/rotate`: the only time that the secret is shown. */
export const RotatedWebhookSecret = z.object({
  object: z.literal('webhook_secret'),
  secret: z.string(),
  created_at: Instant,
  /** Until then the earlier secrets sign too; null where there was none. */
  previous_valid_until: Instant.nullable(),
});
export type RotatedWebhookSecret = z.infer<typeof RotatedWebhookSecret>;
