import {
  AdmittedRequest,
  type EventSubject,
  JobState,
  shardOfId,
  StepRecord,
} from '@pawl/contracts';
import { type Commit, type JobTransition, type LateWrite, statusOf, stopOf } from '@pawl/engine';
import { statusMessage } from './changes.ts';
import { fenceConversation, writeConversation } from './conversations.ts';
import { addDelivery } from './deliveries.ts';
import { fenceIdempotency, writeIdempotency } from './idempotency.ts';
import {
  changingIndexes,
  type IndexEntry,
  type IndexSettings,
  lastingIndexes,
  noteEnded,
  writeIndexes,
} from './indexes.ts';
import { writeCount } from './job-counts.ts';
import { writeAdmission } from './limits.ts';
import { addSchedule } from './schedules.ts';
import { StoredResult } from './jobs.ts';
import { addSearchEntries } from './search-indexes.ts';
import { formatStored } from './record-format.ts';
import type { RecentJobs } from './recent-jobs.ts';
import { stepField } from './step-fields.ts';
import { writeUsage } from './usage-writes.ts';
import { defaultEventRetention, type EventRetention } from './retention.ts';
import { createWriteBatch, type WriteBatch } from './write-batch.ts';

export interface CommitSettings extends IndexSettings {
  /** How much is kept of what happened to a tenant's jobs, for each shard. */
  readonly events?: EventRetention | undefined;
  /** What this process remembers of its commits. */
  readonly recent?: Pick<RecentJobs, 'commitOf' | 'entriesOf' | 'noteEntries'> | undefined;
}

/**
 * The keys, fences and writes that carry out a commit. The index entries of the states that it writes are remembered,
 * for the commit behind it: see `RecentJobs`.
 */
export function commitBatch(commit: Commit, settings: CommitSettings): WriteBatch {
  const batch = createWriteBatch();
  for (const write of commit.jobs) fenceJob(batch, write, settings);
  followNewest(batch, commit, settings);
  if (commit.conversation !== undefined) fenceConversation(batch, commit.conversation, settings);
  const { idempotency } = commit;
  const record = idempotency && { shard: shardOfId(idempotency.made), write: idempotency };
  if (commit.late !== undefined) writeLate(batch, commit.late, settings);
  if (record !== undefined) fenceIdempotency(batch, record, settings.keys);
  if (commit.admission !== undefined) writeAdmission(batch, commit, commit.admission, settings);
  for (const write of commit.jobs) {
    writeJob(batch, write, commit.at, settings);
    writeUsage(batch, write, commit.at, settings);
  }
  if (commit.conversation !== undefined) writeConversation(batch, commit.conversation, settings);
  for (const delivery of commit.deliveries ?? []) addDelivery(batch, delivery, settings);
  for (const schedule of commit.schedules ?? []) addSchedule(batch, schedule, settings);
  if (record !== undefined) writeIdempotency(batch, record, settings.keys);
  if (endsWork(commit)) batch.allowFullMemory();
  return batch;
}

/** Whether a commit stops something that would go on otherwise: a full memory must not keep anybody from that. */
function endsWork({ jobs, schedules = [], late }: Commit): boolean {
  if (jobs.length > 0) return jobs.some(isCalledOff);
  const stops = schedules.every(({ after }) => after === null || after.activity.name !== 'active');
  return late === undefined && schedules.length > 0 && stops;
}

function isCalledOff({ after: { phase } }: JobTransition): boolean {
  return phase.name === 'ended' && ['cancelled', 'expired'].includes(phase.ending.status);
}

function fenceJob(
  batch: WriteBatch,
  { before, after }: JobTransition,
  { keys }: IndexSettings,
): void {
  batch.fence(keys.job(after.id), 'sequence', before === null ? null : String(before.sequence));
}

/** The first job's hash is the first key: it holds the ids of its commits. */
function followNewest(batch: WriteBatch, { jobs }: Commit, { recent }: CommitSettings): void {
  const before = jobs[0]?.before ?? undefined;
  const commitId = before && recent?.commitOf(before);
  if (commitId !== undefined) batch.follow(commitId);
}

/** Writes nothing to the job itself: it has ended (invariant 7). */
function writeLate(batch: WriteBatch, { job, outcome }: LateWrite, { keys }: IndexSettings): void {
  batch.fence(keys.job(job.id), 'sequence', String(job.sequence));
  if (outcome === undefined) return;
  const text = formatStored(StepRecord, outcome, `a late outcome of job ${job.id}`);
  batch.write('HSET', keys.steps(job.id), stepField(outcome), text);
}

function writeJob(
  batch: WriteBatch,
  write: JobTransition,
  at: number,
  settings: CommitSettings,
): void {
  const { before, after, steps, events, request, result } = write;
  const { keys } = settings;
  const what = `job ${after.id}`;
  batch.write(
    'HSET',
    keys.job(after.id),
    'sequence',
    after.sequence,
    'state',
    formatStored(JobState, after, what),
    ...(request === undefined
      ? []
      : ['request', formatStored(AdmittedRequest, request, `the request of ${what}`)]),
    ...(result === undefined
      ? []
      : ['result', formatStored(StoredResult, result, `the result of ${what}`)]),
  );
  const opens = before?.phase.name === 'ended' && after.phase.name !== 'ended';
  if (opens) batch.write('HDEL', keys.job(after.id), 'result');
  if (steps.length > 0) {
    const fields = steps.flatMap((step) => [
      stepField(step),
      formatStored(StepRecord, step, `a step of ${what}`),
    ]);
    batch.write('HSET', keys.steps(after.id), ...fields);
  }
  if (events.length > 0) addEvents(batch, write, at, settings);
  if (before === null) writeIndexes(batch, [], lastingIndexes(after, settings));
  const entries = changingIndexes(after, settings);
  writeIndexes(batch, before === null ? [] : entriesBefore(before, settings), entries);
  settings.recent?.noteEntries(after, entries);
  addSearchEntries(batch, write, keys);
  writeCount(batch, write, settings);
  if (after.phase.name === 'ended' && before?.phase.name !== 'ended') {
    noteEnded(batch, after, at, settings);
  }
  if (before?.startedAt === undefined && after.startedAt !== undefined) {
    batch.write('RPUSH', keys.startedJobs(after.conversation), after.id);
  }
  tellChange(batch, write, settings);
  const stop = stopOf(before, after);
  if (stop !== undefined) batch.publish(keys.stops(), stop);
}

/** Nobody waits for a job that does not exist yet. Most wait for another status, and need not hear of the rest. */
function tellChange(
  batch: WriteBatch,
  { before, after }: JobTransition,
  { keys }: IndexSettings,
): void {
  if (before === null) return;
  const status = statusOf(after);
  if (statusOf(before) === status) batch.publish(keys.progress(after.id), '');
  else batch.publish(keys.statusChanges(after.id), statusMessage(after.sequence, status));
}

function entriesBefore(before: JobState, settings: CommitSettings): readonly IndexEntry[] {
  return settings.recent?.entriesOf(before) ?? changingIndexes(before, settings);
}

/** To the job's log, which numbers them, and to its tenant's. */
function addEvents(
  batch: WriteBatch,
  { after, events }: JobTransition,
  at: number,
  { keys, events: { count, age } = defaultEventRetention }: CommitSettings,
): void {
  const { id: job, tenant, user, conversation, schedule = null, agent } = after;
  const subject: EventSubject = { job, user, conversation, schedule, agent: agent?.name ?? null };
  const key = keys.eventsOf(shardOfId(job), tenant);
  batch.addEvents(
    keys.job(job),
    { key, subject: JSON.stringify(subject), count, age },
    events.map((event) => JSON.stringify({ at, ...event })),
  );
  batch.publish(key, '');
}
