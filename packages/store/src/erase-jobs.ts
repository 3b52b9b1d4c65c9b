import {
  type AdmittedRequest,
  type JobState,
  shardOfId,
  type WebhookDelivery,
} from '@pawl/contracts';
import type { Conversation } from '@pawl/engine';
import type { RedisConnection } from '@pawl/runtime';
import { eraseDelivery } from './deliveries.ts';
import { conversationLists, type IndexEntry, type IndexSettings, jobIndexes } from './indexes.ts';
import { searchEntries } from './search-indexes.ts';
import { createWriteBatch, type WriteBatch } from './write-batch.ts';

/** What came of erasing a job. */
export type Erasure =
  | { readonly kind: 'erased' }
  | { readonly kind: 'unknown_job' }
  /** It has not ended. */
  | { readonly kind: 'active' }
  /** Calls of it may be in flight, until this time in milliseconds since 1970 at the latest. */
  | { readonly kind: 'in_flight'; readonly until: number }
  /** It, its webhooks or its Idempotency-Key have changed at the same moment: it may be tried again. */
  | { readonly kind: 'changed' };

type Unerasable = Exclude<Erasure, { kind: 'erased' | 'changed' }>;

interface ErasingDependencies {
  readonly redis: RedisConnection;
  readonly settings: IndexSettings;
  readonly run: (batch: WriteBatch) => Promise<boolean>;
  readonly readJob: (id: string) => Promise<JobState | undefined>;
  readonly readRequest: (id: string) => Promise<AdmittedRequest>;
  readonly readConversation: (id: string) => Promise<Conversation | undefined>;
  readonly jobDeliveries: (id: string) => Promise<readonly WebhookDelivery[]>;
}

export function createErasing(dependencies: ErasingDependencies) {
  const { redis, settings, run } = dependencies;
  const { keys } = settings;

  /** The key of the Idempotency-Key under which the job was made, while it still stands for this job. */
  async function idempotencyOf(id: string): Promise<string | undefined> {
    const name = await redis.hget(keys.job(id), 'idempotency');
    if (name === null) return undefined;
    return (await redis.hget(name, 'made')) === id ? name : undefined;
  }

  async function findErasable(id: string): Promise<Erasable | Unerasable> {
    const job = await dependencies.readJob(id);
    if (job === undefined) return { kind: 'unknown_job' };
    if (job.phase.name !== 'ended') return { kind: 'active' };
    const [deliveries, conversation, idempotency, request, fields] = await Promise.all([
      dependencies.jobDeliveries(id),
      dependencies.readConversation(job.conversation),
      idempotencyOf(id),
      dependencies.readRequest(id),
      redis.hkeys(keys.job(id)),
    ]);
    const until = conversation === undefined ? undefined : callsInFlight(conversation, id);
    if (until !== undefined) return { kind: 'in_flight', until };
    const found = searchEntries(job, request, fields, keys);
    return { kind: 'erasable', job, deliveries, idempotency, found };
  }

  async function eraseFound(erasable: Erasable): Promise<Erasure> {
    return { kind: (await run(eraseBatch(erasable, settings))) ? 'erased' : 'changed' };
  }

  return {
    findErasable,
    eraseFound,

    /** Erases an ended job with all that is known of it, and its conversation with the last one. */
    async eraseJob(id: string): Promise<Erasure> {
      const found = await findErasable(id);
      return found.kind === 'erasable' ? eraseFound(found) : found;
    },

    /** Up to so many jobs of a conversation, newest first. */
    jobsOfConversation: (id: string, limit: number): Promise<string[]> =>
      redis.zrange(keys.conversationJobs(id), '0', String(limit - 1), 'REV'),
  };
}

/**
 * Until when calls of this job may be in flight: what they learn has a place only as long as the job has. Undefined: none
 * is.
 */
function callsInFlight({ holds }: Conversation, job: string): number | undefined {
  const times = Object.entries(holds).filter(([call]) => call.startsWith(`${job} `));
  return times.length === 0 ? undefined : Math.max(...times.map(([, until]) => until));
}

/** An ended job, and what is erased with it, as it was read. */
export interface Erasable {
  readonly kind: 'erasable';
  readonly job: JobState;
  readonly deliveries: readonly WebhookDelivery[];
  readonly idempotency: string | undefined;
  /** By what it is found beside its state. */
  readonly found: readonly IndexEntry[];
}

/**
 * The writes that erase an ended job and all that is known of it: its deliveries, the Idempotency-Key that made it, and
 * its conversation when it was the last one there. Fenced: a job that was opened again, or whose webhook has moved on,
 * stays.
 */
function eraseBatch(
  { job, deliveries, idempotency, found }: Erasable,
  settings: IndexSettings,
): WriteBatch {
  const { keys } = settings;
  const batch = createWriteBatch();
  batch.allowFullMemory();
  batch.fence(keys.job(job.id), 'sequence', String(job.sequence));
  for (const { id, sequence } of deliveries) {
    batch.fence(keys.delivery(id), 'sequence', String(sequence));
  }
  if (idempotency !== undefined) {
    batch.fence(idempotency, 'made', job.id);
    batch.write('DEL', idempotency);
  }
  for (const delivery of deliveries) eraseDelivery(batch, delivery, settings);
  batch.countAs(keys.job(job.id), keys.jobCounts(shardOfId(job.id)), '');
  for (const key of [keys.job(job.id), keys.steps(job.id), keys.formerEvents(job.id)]) {
    batch.write('DEL', key);
  }
  for (const { key, member } of [...jobIndexes(job, settings), ...found])
    batch.write('ZREM', key, member);
  batch.write('LREM', keys.startedJobs(job.conversation), 0, job.id);
  eraseEmptyConversation(batch, job, settings);
  return batch;
}

/**
 * Adds the writes that erase a conversation whose last job goes with this commit. Whether it is the last one is seen by
 * the script, since others of its jobs may be erased at the same time.
 */
function eraseEmptyConversation(batch: WriteBatch, job: JobState, { keys }: IndexSettings): void {
  const { conversation: id } = job;
  batch.write('STOP_IF_EXISTS', keys.conversationJobs(id));
  for (const key of [
    keys.conversation(id),
    keys.startedJobs(id),
    keys.line(id),
    keys.delayedJobs(id),
  ]) {
    batch.write('DEL', key);
  }
  const lists = conversationLists({ ...job, id }, keys);
  for (const key of [keys.held(shardOfId(id)), ...lists]) batch.write('ZREM', key, id);
}
