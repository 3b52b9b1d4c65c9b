import type { DeliveryPhase, WebhookAttempt, WebhookDelivery } from '@pawl/contracts';

/** Attempts that a delivery's log keeps: two rounds of the schedule. */
const kept = 20;

/** The next state: one commit further. */
export function changeDelivery(delivery: WebhookDelivery, phase: DeliveryPhase): WebhookDelivery {
  return { ...delivery, sequence: delivery.sequence + 1, phase };
}

/** The delivery with one more attempt behind it. */
export function logged(delivery: WebhookDelivery, attempt: WebhookAttempt): WebhookDelivery {
  return {
    ...delivery,
    tries: delivery.tries + 1,
    attempts: delivery.attempts + 1,
    log: [...delivery.log, attempt].slice(-kept),
  };
}
