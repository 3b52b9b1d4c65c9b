import type { WebhookDelivery, WebhookDeliveryStatus } from '@pawl/contracts';
import { shardOfId } from '@pawl/contracts';
import { deliveryStatus, type DeliveryStore } from '@pawl/engine';
import type { RedisConnection } from '@pawl/runtime';
import type { Keys } from './keys.ts';
import { readPage, type Selection } from './pages.ts';

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
  dependencies: ListDependencies,
  filter: DeliveryFilter,
): Promise<DeliveryPage> {
  const { tenant, status } = filter;
  const { items, nextCursor } = await readPage(
    dependencies.redis,
    selectionOf(dependencies, filter),
    filter,
    async (id) => {
      const delivery = await dependencies.readDelivery(id);
      const isWanted =
        delivery?.tenant === tenant &&
        // It may have moved on since its indexes were read.
        (status === undefined || status === deliveryStatus(delivery));
      return isWanted ? delivery : undefined;
    },
  );
  return { deliveries: items, nextCursor };
}

function selectionOf(
  { keys, shards }: ListDependencies,
  { tenant, job, status }: DeliveryFilter,
): Selection {
  if (job !== undefined) {
    const filters =
      status === undefined ? [] : [keys.deliveriesWithStatus(shardOfId(job), tenant, status)];
    return { indexes: [keys.deliveriesOfJob(job)], filters };
  }
  const indexes = Array.from({ length: shards }, (_, shard) =>
    status === undefined
      ? keys.deliveriesOf(shard, tenant)
      : keys.deliveriesWithStatus(shard, tenant, status),
  );
  return { indexes, filters: [] };
}
