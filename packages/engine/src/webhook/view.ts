import type {
  WebhookAttempt,
  WebhookDelivery,
  WebhookDeliveryResource,
  WebhookDeliveryStatus,
} from '@pawl/contracts';
import { instant } from '../domain/instant.ts';

/** The public status: what is not settled is pending. */
export function deliveryStatus({ phase }: WebhookDelivery): WebhookDeliveryStatus {
  return phase.status === 'succeeded' || phase.status === 'dead' ? phase.status : 'pending';
}

/** A delivery as the API shows it. */
export function deliveryView(delivery: WebhookDelivery): WebhookDeliveryResource {
  const { phase, log } = delivery;
  const last = log.at(-1);
  return {
    id: delivery.id,
    object: 'webhook_delivery',
    status: deliveryStatus(delivery),
    event: delivery.event,
    type: delivery.type,
    job: delivery.job ?? null,
    url: delivery.url,
    attempts: delivery.attempts,
    response_code: last?.responseCode ?? null,
    error: last?.error ?? null,
    created_at: instant(delivery.createdAt),
    last_attempt_at: last === undefined ? null : instant(last.startedAt),
    next_attempt_at: phase.status === 'ready' ? instant(phase.notBefore) : null,
    finished_at: 'at' in phase ? instant(phase.at) : null,
    reason: phase.status === 'dead' ? phase.reason : null,
    log: log.map(presentAttempt),
  };
}

function presentAttempt({ startedAt, finishedAt, responseCode, error }: WebhookAttempt) {
  return {
    started_at: instant(startedAt),
    milliseconds: finishedAt - startedAt,
    response_code: responseCode ?? null,
    error: error ?? null,
  };
}
