import type { WebhookDelivery } from '@pawl/contracts';
import { nothing, type Nothing } from './change.ts';
import { changeDelivery, logged } from './change-delivery.ts';
import type { WebhookRules } from './webhook-schedule.ts';

export type DeliveryClaim =
  | {
      readonly kind: 'claim';
      readonly running: WebhookDelivery;
      readonly epoch: number;
    }
  | { readonly kind: 'dead'; readonly after: WebhookDelivery }
  | { readonly kind: 'early'; readonly at: number }
  | Nothing;

/**
 * The state, not the task, says whether this delivery is due. One that is found running was claimed by somebody who
 * never came back: it is sent again under the same event id, and that attempt is counted.
 */
export function claimDelivery(
  delivery: WebhookDelivery,
  { since }: { since: number },
  now: number,
  { schedule }: WebhookRules,
): DeliveryClaim {
  const { phase } = delivery;
  if (phase.status === 'succeeded' || phase.status === 'dead' || phase.since !== since) {
    return nothing('another attempt');
  }
  if (phase.status === 'ready' && phase.notBefore > now) {
    return { kind: 'early', at: phase.notBefore };
  }
  const found = phase.status === 'running' ? afterCrash(delivery, phase.startedAt, now) : delivery;
  if (found.tries >= schedule.length) {
    const dead = { status: 'dead', at: now, reason: 'attempts_exhausted' } as const;
    return { kind: 'dead', after: changeDelivery(found, dead) };
  }
  const epoch = delivery.sequence + 1;
  const running = changeDelivery(found, { status: 'running', since, epoch, startedAt: now });
  return { kind: 'claim', epoch, running };
}

function afterCrash(delivery: WebhookDelivery, startedAt: number, now: number): WebhookDelivery {
  const error = {
    code: 'no_outcome',
    message: 'The worker that made the attempt never reported what came of it.',
  };
  return logged(delivery, { startedAt, finishedAt: now, error });
}
