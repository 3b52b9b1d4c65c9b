import { shardOfId, WebhookDelivery, type WebhookDeliveryStatus } from '@pawl/contracts';
import {
  deliveryStatus,
  type DeliveryStore,
  type DeliveryWrite,
  type NewDelivery,
  StoredDataError,
} from '@pawl/engine';
import type { RedisConnection } from '@pawl/runtime';
import { type IndexEntry, type IndexSettings, noteEnded, writeIndexes } from './indexes.ts';
import type { Keys } from './keys.ts';
import { readPage, type Selection } from './pages.ts';
import { formatStored, parseStored } from './record-format.ts';
import { deliveryAge } from './retention.ts';
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
  if ('at' in after.phase) noteEnded(batch, after, after.phase.at, settings);
  if (leaseUntil !== undefined) {
    batch.write('ZADD', settings.keys.dueDeliveries(shardOfId(after.id)), leaseUntil, after.id);
  }
  if (endpoint === 'disabled') batch.write('SET', mark, '1', 'EX', disabledFor);
  if (endpoint === 'enabled') batch.write('DEL', mark);
  return batch;
}

/** The writes of a delivery that a job's commit brings. */
export function addDelivery(
  batch: WriteBatch,
  { delivery, body }: NewDelivery,
  settings: IndexSettings,
): void {
  batch.write('HSET', settings.keys.delivery(delivery.id), 'body', body);
  writeDelivery(batch, null, delivery, settings);
}

function writeDelivery(
  batch: WriteBatch,
  before: WebhookDelivery | null,
  after: WebhookDelivery,
  settings: IndexSettings,
): void {
  const { keys } = settings;
  const state = formatStored(WebhookDelivery, after, `delivery ${after.id}`);
  batch.write('HSET', keys.delivery(after.id), 'sequence', after.sequence, 'state', state);
  writeIndexes(
    batch,
    before === null ? [] : deliveryIndexes(before, settings),
    deliveryIndexes(after, settings),
  );
  // A claim writes its lease there, so the entry is no function of the state alone.
  const due = keys.dueDeliveries(shardOfId(after.id));
  if (after.phase.status === 'ready') batch.write('ZADD', due, after.phase.notBefore, after.id);
  else batch.write('ZREM', due, after.id);
}

/** The writes that erase a delivery and all that is known of it. */
export function eraseDelivery(
  batch: WriteBatch,
  delivery: WebhookDelivery,
  settings: IndexSettings,
): void {
  const { keys } = settings;
  const { id } = delivery;
  batch.write('DEL', keys.delivery(id));
  for (const { key } of deliveryIndexes(delivery, settings)) batch.write('ZREM', key, id);
  batch.write('ZREM', keys.dueDeliveries(shardOfId(id)), id);
  // Whoever wrote the entry may have kept deliveries for another time.
  batch.write('ZREM', keys.retainedDeliveries(shardOfId(id)), id);
}

/** A job's deliveries go with the job at the latest; others are kept as long as an ended job at most. */
function deliveryIndexes(
  delivery: WebhookDelivery,
  { keys, retention }: IndexSettings,
): IndexEntry[] {
  const { id: member, tenant, job, phase, createdAt: score } = delivery;
  const shard = shardOfId(member);
  const status = deliveryStatus(delivery);
  const age = deliveryAge(job !== undefined, retention);
  return [
    { key: keys.deliveriesOf(shard, tenant), member, score },
    { key: keys.deliveriesWithStatus(shard, tenant, status), member, score },
    ...(job === undefined ? [] : [{ key: keys.deliveriesOfJob(job), member, score }]),
    ...(age !== undefined && 'at' in phase
      ? [{ key: keys.retainedDeliveries(shard), member, score: phase.at + age }]
      : []),
  ];
}

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
    const indexes = [keys.deliveriesOfJob(job)];
    if (status === undefined) return { indexes };
    return { indexes, filters: (shard) => [keys.deliveriesWithStatus(shard, tenant, status)] };
  }
  const indexes = Array.from({ length: shards }, (_, shard) =>
    status === undefined
      ? keys.deliveriesOf(shard, tenant)
      : keys.deliveriesWithStatus(shard, tenant, status),
  );
  return { indexes };
}
