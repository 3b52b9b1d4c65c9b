import type { DeliveryPhase, WebhookAttempt, WebhookDelivery, WebhookTask } from '@pawl/contracts';
import { nothing, type Nothing } from '../commit/next-state.ts';
import type { TransitionContext } from '../domain/rules.ts';
import type { Wake } from '../domain/task.ts';
import type { DeliveryWrite } from '../domain/webhook.ts';

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
  { now, rules }: Pick<TransitionContext, 'now' | 'rules'>,
): DeliveryClaim {
  const { phase } = delivery;
  if (phase.status === 'succeeded' || phase.status === 'dead' || phase.since !== since) {
    return nothing('another attempt');
  }
  if (phase.status === 'ready' && phase.notBefore > now) {
    return { kind: 'early', at: phase.notBefore };
  }
  const found = phase.status === 'running' ? afterCrash(delivery, phase.startedAt, now) : delivery;
  if (found.tries >= rules.webhooks.schedule.length) {
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

/** Attempts that a delivery's log keeps: two rounds of the schedule. */
const kept = 20;

/** The next state: one commit further. */
export function changeDelivery(delivery: WebhookDelivery, phase: DeliveryPhase): WebhookDelivery {
  return { ...delivery, sequence: delivery.sequence + 1, phase };
}

/** The delivery after one more attempt. */
export function logged(delivery: WebhookDelivery, attempt: WebhookAttempt): WebhookDelivery {
  return {
    ...delivery,
    tries: delivery.tries + 1,
    attempts: delivery.attempts + 1,
    log: [...delivery.log, attempt].slice(-kept),
  };
}

export type ReplayDecision = { readonly kind: 'commit'; readonly write: DeliveryWrite } | Nothing;

/**
 * Sends a delivery again, now and with a fresh round of attempts: same body, same event id. Somebody wants it, so an
 * endpoint that was disabled is tried again.
 */
export function replayDelivery(
  before: WebhookDelivery,
  { now }: Pick<TransitionContext, 'now'>,
): ReplayDecision {
  const { phase } = before;
  if (phase.status === 'running') return nothing('an attempt is under way');
  const ready = { status: 'ready', since: before.sequence + 1, notBefore: now } as const;
  const after = { ...changeDelivery(before, ready), tries: 0 };
  return { kind: 'commit', write: { before, after, endpoint: 'enabled' } };
}

/** The endpoint of a delivery that nobody has sent yet wants nothing any more. */
export function refuseDisabled(
  before: WebhookDelivery,
  { now }: Pick<TransitionContext, 'now'>,
): DeliveryWrite {
  const dead = { status: 'dead', at: now, reason: 'endpoint_disabled' } as const;
  return { before, after: changeDelivery(before, dead) };
}

/** The task of a delivery that was just committed. */
export function deliveryWakes(delivery: WebhookDelivery): Wake<WebhookTask>[] {
  return delivery.phase.status === 'ready' ? wakeOf(delivery, delivery.phase.notBefore) : [];
}

/** The task of a delivery that should have moved by now: it is alive, then its id is swallowed, or it is lost. */
export function overdueWakes(delivery: WebhookDelivery): Wake<WebhookTask>[] {
  const { phase } = delivery;
  return wakeOf(delivery, phase.status === 'ready' ? phase.notBefore : 0);
}

function wakeOf({ id, tenant, url, phase }: WebhookDelivery, at: number): Wake<WebhookTask>[] {
  if (phase.status === 'succeeded' || phase.status === 'dead') return [];
  // By origin: every path of one receiver waits for the same machine.
  const owner = { tenant, group: new URL(url).origin };
  return [{ task: { kind: 'webhook', delivery: id, since: phase.since }, at, priority: 0, owner }];
}
