import { shardOfId, WebhookDelivery } from '@pawl/contracts';
import { deliveryStatus, type NewDelivery } from '@pawl/engine';
import { writeIndexes, type IndexEntry, type IndexSettings } from './indexes.ts';
import { formatStored } from './parse.ts';
import type { WriteBatch } from './write-batch.ts';

/** The writes of a delivery that a job's commit brings. */
export function addDelivery(
  batch: WriteBatch,
  { delivery, body }: NewDelivery,
  settings: IndexSettings,
): void {
  batch.write('HSET', settings.keys.delivery(delivery.id), 'body', body);
  writeDelivery(batch, null, delivery, settings);
}

export function writeDelivery(
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
}

/** A job's deliveries are kept as long as the job; others for as long as an ended job is. */
function deliveryIndexes(
  delivery: WebhookDelivery,
  { keys, retention }: IndexSettings,
): IndexEntry[] {
  const { id: member, tenant, job, phase, createdAt: score } = delivery;
  const shard = shardOfId(member);
  const status = deliveryStatus(delivery);
  return [
    { key: keys.deliveriesOf(shard, tenant), member, score },
    { key: keys.deliveriesWithStatus(shard, tenant, status), member, score },
    ...(job === undefined ? [] : [{ key: keys.deliveriesOfJob(job), member, score }]),
    ...(job === undefined && 'at' in phase
      ? [{ key: keys.retainedDeliveries(shard), member, score: phase.at + retention }]
      : []),
  ];
}
