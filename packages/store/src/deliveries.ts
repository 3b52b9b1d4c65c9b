import { shardOfId, WebhookDelivery } from '@pawl/contracts';
import type { DeliveryStore, DeliveryWrite } from '@pawl/engine';
import type { RedisConnection } from '@pawl/runtime';
import type { IndexSettings } from './indexes.ts';
import { writeDelivery } from './delivery-writes.ts';
import { parseStored, StoredDataError } from './parse.ts';
import { createWriteBatch, type WriteBatch } from './write-batch.ts';

/** An endpoint that wants nothing is asked again after so long, in seconds: nothing is kept for ever. */
const disabledFor = 30 * 86_400;

interface DeliveryDependencies {
  readonly redis: RedisConnection;
  readonly settings: IndexSettings;
  readonly run: (batch: WriteBatch) => Promise<boolean>;
}

/** Deliveries of webhooks, and the endpoints that they go to. */
export function createDeliveries({ redis, settings, run }: DeliveryDependencies): DeliveryStore {
  const { keys } = settings;
  return {
    async readDelivery(id) {
      const text = await redis.hget(keys.delivery(id), 'state');
      return text === null ? undefined : parseStored(WebhookDelivery, text, `delivery ${id}`);
    },

    async readDeliveryBody(id) {
      const body = await redis.hget(keys.delivery(id), 'body');
      if (body === null) throw new StoredDataError(`delivery ${id} has no body in Redis`);
      return body;
    },

    async isEndpointDisabled({ id, endpoint }) {
      return (await redis.exists(keys.endpointDisabled(shardOfId(id), endpoint))) === 1;
    },

    commitDelivery: (write) => run(deliveryBatch(write, settings)),
  };
}

function deliveryBatch(
  { before, after, endpoint, leaseUntil }: DeliveryWrite,
  settings: IndexSettings,
): WriteBatch {
  const batch = createWriteBatch();
  const mark = settings.keys.endpointDisabled(shardOfId(after.id), after.endpoint);
  batch.fence(settings.keys.delivery(after.id), 'sequence', String(before.sequence));
  writeDelivery(batch, before, after, settings);
  if (leaseUntil !== undefined) {
    batch.write('ZADD', settings.keys.dueDeliveries(shardOfId(after.id)), leaseUntil, after.id);
  }
  if (endpoint === 'disabled') batch.write('SET', mark, '1', 'EX', disabledFor);
  if (endpoint === 'enabled') batch.write('DEL', mark);
  return batch;
}
