import type { WebhookDelivery, WebhookTask } from '@pawl/contracts';
import type { Wake } from '../ports.ts';

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
