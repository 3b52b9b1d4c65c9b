import type { WebhookDelivery, WebhookDeliveryStatus } from '@pawl/contracts';
import { deliveryStatus, type DeliveryStore } from '@pawl/engine';
import type { RedisConnection } from '@pawl/runtime';
import type { Keys } from './keys.ts';
import { decodeCursor, encodeCursor, readPlaces } from './pages.ts';

export interface DeliveryFilter {
  readonly tenant: string;
  readonly job?: string | undefined;
  readonly status?: WebhookDeliveryStatus | undefined;
  readonly limit: number;
  readonly cursor?: string | undefined;
}

export interface DeliveryPage {
  readonly deliveries: WebhookDelivery[];
  readonly nextCursor: string | null;
}

interface ListDependencies {
  readonly redis: RedisConnection;
  readonly keys: Keys;
  readonly shards: number;
  readonly readDelivery: DeliveryStore['readDelivery'];
}

/** Newest first. */
export async function listDeliveries(
  { redis, keys, shards, readDelivery }: ListDependencies,
  { tenant, job, status, limit, cursor }: DeliveryFilter,
): Promise<DeliveryPage> {
  const indexes =
    job === undefined
      ? Array.from({ length: shards }, (_, shard) =>
          status === undefined
            ? keys.deliveriesOf(shard, tenant)
            : keys.deliveriesWithStatus(shard, tenant, status),
        )
      : [keys.deliveriesOfJob(job)];
  let after = cursor === undefined ? undefined : decodeCursor(cursor);
  const found: WebhookDelivery[] = [];
  for (;;) {
    const places = await readPlaces(redis, indexes, after, limit);
    const deliveries = await Promise.all(places.map(({ member }) => readDelivery(member)));
    for (const [position, delivery] of deliveries.entries()) {
      after = places[position];
      if (
        delivery?.tenant === tenant &&
        (status ?? deliveryStatus(delivery)) === deliveryStatus(delivery)
      ) {
        found.push(delivery);
      }
      if (found.length === limit && after !== undefined) {
        return { deliveries: found, nextCursor: encodeCursor(after) };
      }
    }
    if (places.length < limit) return { deliveries: found, nextCursor: null };
  }
}
