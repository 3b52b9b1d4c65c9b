import { DeliveryId, type WebhookDelivery } from '@pawl/contracts';
import type { Gateway } from '../gateway.ts';
import { notFound } from '../http/problem-error.ts';

/**
 * A tenant's delivery of a webhook.
 *
 * @throws ProblemError `not_found` for what is no delivery, and for another tenant's.
 */
export async function findDelivery(
  { store }: Gateway,
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
