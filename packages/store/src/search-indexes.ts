import { type AdmittedRequest, type JobState, shardOfId, type StepRecord } from '@pawl/contracts';
import type { JobTransition } from '@pawl/engine';
import type { IndexEntry } from './indexes.ts';
import type { Keys } from './keys.ts';
import type { WriteBatch } from './write-batch.ts';

/**
 * Index entries that follow from what a job holds beside its state, which later commits do not read: they are added once,
 * and go with the job. A job has 96 of them at most: its 32 pairs of metadata, and the tools of its first 64 calls.
 */
const mostCalls = 64;

/** Begins the fields of a job's hash that name the tools by which the job is found. */
const toolField = 'tool:';

export function addSearchEntries(batch: WriteBatch, write: JobTransition, keys: Keys): void {
  const { before, after, request, steps } = write;
  if (request !== undefined) {
    for (const entry of metadataEntries(after, request, keys)) add(batch, entry);
  }
  for (const tool of toolsCalled(steps, before?.usage.toolCalls ?? 0)) {
    batch.write('HSET', keys.job(after.id), `${toolField}${tool}`, '');
    add(batch, toolEntry(after, tool, keys));
  }
}

/** What has to be removed when the job is erased. */
export function searchEntries(
  job: JobState,
  request: AdmittedRequest,
  fields: readonly string[],
  keys: Keys,
): IndexEntry[] {
  const tools = fields.filter((field) => field.startsWith(toolField));
  return [
    ...metadataEntries(job, request, keys),
    ...tools.map((field) => toolEntry(job, field.slice(toolField.length), keys)),
  ];
}

/** Tools that exist: a model may ask for others, by any name. */
function toolsCalled(steps: readonly StepRecord[], callsBefore: number): Set<string> {
  const calls = steps.flatMap((step) => (step.kind === 'call' ? [step] : []));
  const counted = calls.slice(0, Math.max(0, mostCalls - callsBefore));
  return new Set(counted.flatMap(({ tool, connection }) => (connection === '' ? [] : [tool])));
}

function metadataEntries(
  { id: member, tenant, createdAt: score }: JobState,
  { metadata }: AdmittedRequest,
  keys: Keys,
): IndexEntry[] {
  return Object.entries(metadata).map((pair) => ({
    key: keys.jobsWithMetadata(shardOfId(member), tenant, pair),
    member,
    score,
  }));
}

function toolEntry(job: JobState, tool: string, keys: Keys): IndexEntry {
  const key = keys.jobsWithTool(shardOfId(job.id), job.tenant, tool);
  return { key, member: job.id, score: job.createdAt };
}

function add(batch: WriteBatch, { key, member, score }: IndexEntry): void {
  batch.write('ZADD', key, score, member);
}
