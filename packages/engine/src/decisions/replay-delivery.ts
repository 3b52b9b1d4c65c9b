import type { WebhookDelivery } from '@pawl/contracts';
import type { DeliveryWrite } from '../webhook-ports.ts';
import { nothing, type Nothing } from './change.ts';
import { changeDelivery } from './change-delivery.ts';

export type ReplayDecision = { readonly kind: 'commit'; readonly write: DeliveryWrite } | Nothing;

/**
 * Sends a delivery again, now and with a fresh round of attempts: same body, same event id. Somebody wants it, so an
 * endpoint that was disabled is tried again.
 */
export function replayDelivery(before: WebhookDelivery, now: number): ReplayDecision {
  const { phase } = before;
  if (phase.status === 'running' || phase.status === 'parked') {
    return nothing('an attempt is under way, or waits for its endpoint');
  }
  const ready = { status: 'ready', since: before.sequence + 1, notBefore: now } as const;
  const after = { ...changeDelivery(before, ready), tries: 0 };
  return { kind: 'commit', write: { before, after, endpoint: 'enabled' } };
}

/** The endpoint of a delivery that nobody has sent yet wants nothing any more. */
export function refuseDisabled(before: WebhookDelivery, now: number): DeliveryWrite {
  const dead = { status: 'dead', at: now, reason: 'endpoint_disabled' } as const;
  return { before, after: changeDelivery(before, dead) };
}
