import { newSecret, shardOfId, WebhookDelivery } from '@pawl/contracts';
import type { DeliveryStore, DeliveryWrite } from '@pawl/engine';
import type { RedisConnection } from '@pawl/runtime';
import type { IndexSettings } from './indexes.ts';
import { writeDelivery } from './delivery-writes.ts';
import { parseStored, StoredDataError } from './parse.ts';
import { loadScript, runScript } from './script.ts';
import { createWriteBatch, type WriteBatch } from './write-batch.ts';

const takeSlotScript = loadScript('take-slot');
const passSlotsScript = loadScript('pass-slots');

/** An endpoint that wants nothing is asked again after so long, in seconds: nothing is kept for ever. */
const disabledFor = 30 * 86_400;

interface DeliveryDependencies {
  readonly redis: RedisConnection;
  readonly settings: IndexSettings;
  readonly run: (batch: WriteBatch) => Promise<boolean>;
}

/** Deliveries of webhooks, and the slots of the endpoints that they go to. */
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

    async takeSlot({ before, running, parked, now, leaseUntil, limit }) {
      const { id, endpoint } = before;
      const shard = shardOfId(id);
      const parkedAt = parked.phase.status === 'parked' ? parked.phase.parkedAt : now;
      const taken = await runScript(
        redis,
        takeSlotScript,
        [
          keys.delivery(id),
          keys.dueDeliveries(shard),
          keys.endpointSlots(shard, endpoint),
          keys.endpointParked(shard, endpoint),
          keys.busyEndpoints(shard),
          keys.endpointDisabled(shard, endpoint),
        ],
        [
          id,
          endpoint,
          before.sequence,
          running.sequence,
          JSON.stringify(running),
          JSON.stringify(parked),
          parkedAt,
          leaseUntil,
          limit,
          newSecret(),
        ],
      );
      return taken as 'running' | 'parked' | 'disabled' | 'lost';
    },

    commitDelivery: (write) => run(deliveryBatch(write, settings)),

    async passSlots({ shard, endpoint, given, now, leaseUntil, limit }) {
      const names = [
        keys.endpointSlots(shard, endpoint),
        keys.endpointParked(shard, endpoint),
        keys.busyEndpoints(shard),
      ];
      const values = [endpoint, now, leaseUntil, limit, ...given];
      return (await runScript(redis, passSlotsScript, names, values)) as string[];
    },
  };
}

function deliveryBatch({ before, after, endpoint }: DeliveryWrite, settings: IndexSettings) {
  const batch = createWriteBatch();
  const mark = settings.keys.endpointDisabled(shardOfId(after.id), after.endpoint);
  batch.fence(settings.keys.delivery(after.id), 'sequence', String(before.sequence));
  writeDelivery(batch, before, after, settings);
  if (endpoint === 'disabled') batch.write('SET', mark, '1', 'EX', disabledFor);
  if (endpoint === 'enabled') batch.write('DEL', mark);
  return batch;
}
