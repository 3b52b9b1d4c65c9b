import { shardOfId } from '@pawl/contracts';
import type { JobState, WebhookDelivery } from '@pawl/contracts';
import type { Conversation } from '@pawl/engine';
import { eraseDelivery } from './delivery-writes.ts';
import { jobIndexes, type IndexSettings } from './indexes.ts';
import { createWriteBatch, type WriteBatch } from './write-batch.ts';

/**
 * The writes that erase an ended job and all that is known of it: its deliveries, and its conversation when it was the
 * last one there. Fenced: a job that was opened again, or whose webhook has moved on, stays.
 */
export function eraseBatch(
  job: JobState,
  deliveries: readonly WebhookDelivery[],
  settings: IndexSettings,
): WriteBatch {
  if (job.phase.name !== 'ended') throw new Error(`job ${job.id} has not ended`);
  const { keys } = settings;
  const batch = createWriteBatch();
  batch.fence(keys.job(job.id), 'sequence', String(job.sequence));
  for (const { id, sequence } of deliveries) {
    batch.fence(keys.delivery(id), 'sequence', String(sequence));
  }
  for (const delivery of deliveries) eraseDelivery(batch, delivery, settings);
  for (const key of [keys.job(job.id), keys.steps(job.id), keys.events(job.id)]) {
    batch.write('DEL', key);
  }
  for (const { key, member } of jobIndexes(job, settings)) batch.write('ZREM', key, member);
  batch.write('LREM', keys.startedJobs(job.conversation), 0, job.id);
  eraseEmptyConversation(batch, job.conversation, settings);
  return batch;
}

/**
 * Adds the writes that erase a conversation whose last job goes with this commit. Whether it is the last one is seen by
 * the script, since others of its jobs may be erased at the same time.
 */
function eraseEmptyConversation(batch: WriteBatch, id: string, { keys }: IndexSettings): void {
  batch.write('STOP_IF_EXISTS', keys.conversationJobs(id));
  for (const key of [
    keys.conversation(id),
    keys.startedJobs(id),
    keys.line(id),
    keys.delayedJobs(id),
  ]) {
    batch.write('DEL', key);
  }
  batch.write('ZREM', keys.held(shardOfId(id)), id);
}

/** True while a call of this job may be in flight: what it learns has a place only as long as the job has. */
export function holdsCallsOf({ holds }: Conversation, job: string): boolean {
  return Object.keys(holds).some((call) => call.startsWith(`${job} `));
}
