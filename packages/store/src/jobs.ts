import {
  AdmittedRequest,
  type ApprovalTarget,
  CallRecord,
  DecisionRecord,
  JobState,
  Json,
} from '@pawl/contracts';
import {
  asksPerson,
  type JobHistory,
  type JobParts,
  type JobResult,
  StoredDataError,
} from '@pawl/engine';
import type { RedisConnection } from '@pawl/runtime';
import { z } from 'zod';
import type { JoinedReads } from './joined-reads.ts';
import type { Keys } from './keys.ts';
import {
  createStepReads,
  parseSteps,
  type StepPiece,
  type StepPieceRequest,
} from './read-steps.ts';
import { parseStored } from './record-format.ts';
import { callField, type CallPlace, decisionField } from './step-fields.ts';
import { commitIdLength } from './write-batch.ts';

export const StoredResult = z.object({ text: z.string(), json: Json.optional() });

/** What is read of a job in the run in which a worker takes a task of it: fields of the job's hash. */
const fieldsOfTask = { turn: ['state', 'request'], tool_call: ['state'] } as const;

/** A job as it was read with a task. Each part is parsed when it is asked for, and throws where it cannot be read. */
export interface JobWithTask {
  /** Undefined: there is no such job. */
  state(): JobState | undefined;
  /** Undefined: it was not read, or there is none. */
  request(): AdmittedRequest | undefined;
}

function stateOf(id: string, text: string): JobState {
  const job = parseStored(JobState, text, `job ${id}`);
  if (job.id !== id) throw new StoredDataError(`what Redis has of job ${id} is job ${job.id}`);
  return job;
}

function requestOf(id: string, text: string): AdmittedRequest {
  return parseStored(AdmittedRequest, text, `the request of job ${id}`);
}

/** Of the values of the fields that `fieldsWithTask` names, in their order. Null: there is no such field. */
export function jobWithTask(
  id: string,
  [state, request]: readonly (string | null | undefined)[],
): JobWithTask {
  return {
    state: () => (typeof state === 'string' ? stateOf(id, state) : undefined),
    request: () => (typeof request === 'string' ? requestOf(id, request) : undefined),
  };
}

/** What a job adds to its conversation, and the version of the job that it is of. */
export interface StoredHistory {
  readonly history: JobHistory;
  /**
   * As long as the job has this version, it has the same state, replies, calls and outcomes. What is learnt too late does
   * not change it. Undefined: the job changed while it was read.
   */
  readonly version: string | undefined;
}

/** Reads of jobs. */
export function createReads(redis: RedisConnection, joined: JoinedReads, keys: Keys) {
  const steps = createStepReads(redis, keys);
  const readField = (key: string, field: string) => redis.hget(key, field);

  async function readJob(id: string): Promise<JobState | undefined> {
    const text = await readField(keys.job(id), 'state');
    return text === null ? undefined : stateOf(id, text);
  }

  async function readRequest(id: string): Promise<AdmittedRequest> {
    const text = await readField(keys.job(id), 'request');
    if (text === null) throw new StoredDataError(`job ${id} has no request in Redis`);
    return requestOf(id, text);
  }

  async function readCall(id: string, turn: number, index: number): Promise<CallRecord> {
    const text = await readField(keys.steps(id), callField('call', { turn, index }));
    const what = `tool call ${turn}.${index} of job ${id}`;
    if (text === null) throw new StoredDataError(`${what} is not in Redis`);
    return parseStored(CallRecord, text, what);
  }

  async function readDecision(target: ApprovalTarget): Promise<DecisionRecord | undefined> {
    const text = await readField(keys.steps(target.job), decisionField(target));
    return text === null
      ? undefined
      : parseStored(DecisionRecord, text, `a decision about job ${target.job}`);
  }

  async function readJobParts(id: string): Promise<JobParts | undefined> {
    const [state, request, result] = await redis.hmget(keys.job(id), 'state', 'request', 'result');
    if (typeof state !== 'string' || typeof request !== 'string') return undefined;
    const job = stateOf(id, state);
    const asked = callsAskedAbout(job);
    return {
      job,
      ...(asked.length === 0 ? {} : { calls: await steps.readCalls(id, asked) }),
      request: requestOf(id, request),
      ...(typeof result === 'string'
        ? { result: parseStored(StoredResult, result, `the result of job ${id}`) as JobResult }
        : {}),
    };
  }

  /** What a job adds to its conversation; undefined once it is erased. */
  async function readJobHistory(id: string): Promise<StoredHistory | undefined> {
    const key = keys.job(id);
    const [[state, request, ...before], steps, after] = await Promise.all([
      redis.hmget(key, 'state', 'request', ...fieldsOfVersion),
      redis.hvals(keys.steps(id)),
      redis.hmget(key, ...fieldsOfVersion),
    ]);
    if (typeof state !== 'string' || typeof request !== 'string') return undefined;
    const version = versionOf(before);
    return {
      history: {
        job: stateOf(id, state),
        ...promptOf(requestOf(id, request)),
        steps: parseSteps(id, steps),
      },
      version: version === versionOf(after) ? version : undefined,
    };
  }

  /** Which version of a job Redis has now; undefined once it is erased. */
  async function readVersion(id: string): Promise<string | undefined> {
    return versionOf(await joined.hmget(keys.job(id), ...fieldsOfVersion));
  }

  /** What a job adds to its conversation, with a piece of its steps: see `readStepPiece`. */
  async function readHistoryPiece(
    id: string,
    piece: StepPieceRequest,
  ): Promise<(JobHistory & Pick<StepPiece, 'next'>) | undefined> {
    const [[state, request], { records, next }] = await Promise.all([
      redis.hmget(keys.job(id), 'state', 'request'),
      steps.readStepPiece(id, piece),
    ]);
    if (typeof state !== 'string' || typeof request !== 'string') return undefined;
    const job = stateOf(id, state);
    const admitted = requestOf(id, request);
    return { job, ...promptOf(admitted), steps: records, next };
  }

  return {
    ...steps,
    /** Fields of a job's hash that are read with a task of this kind, for {@link jobWithTask}. */
    fieldsWithTask: (shard: number, kind: keyof typeof fieldsOfTask) => ({
      keyPrefix: keys.jobPrefix(shard),
      fields: fieldsOfTask[kind],
    }),
    readJob,
    readRequest,
    readCall,
    readDecision,
    readJobParts,
    readJobHistory,
    readVersion,
    readHistoryPiece,
  };
}

const fieldsOfVersion = ['sequence', 'commits'] as const;

/**
 * The sequence of the state, and the id of the newest commit. A Redis that lost its last second counts the same sequences
 * again, but no id comes twice; and a commit leaves its id in the first of its jobs only.
 */
function versionOf([sequence, commits]: readonly (string | null | undefined)[]):
  | string
  | undefined {
  if (typeof sequence !== 'string') return undefined;
  return `${sequence} ${commits?.slice(0, commitIdLength) ?? ''}`;
}

function promptOf({ prompt, content }: AdmittedRequest): Pick<JobHistory, 'prompt' | 'content'> {
  return content === undefined ? { prompt } : { prompt, content };
}

/** The calls of a job that a person is asked about. */
function callsAskedAbout({ turn, phase }: JobState): CallPlace[] {
  if (phase.name !== 'calls') return [];
  return phase.calls.flatMap(({ step }, index) => (asksPerson(step) ? [{ turn, index }] : []));
}
