import {
  AdmittedRequest,
  CallRecord,
  DecisionRecord,
  JobState,
  Json,
  StepRecord,
  type ApprovalTarget,
} from '@pawl/contracts';
import type { JobHistory, JobParts, JobResult } from '@pawl/engine';
import type { RedisConnection } from '@pawl/runtime';
import { z } from 'zod';
import type { Keys } from './keys.ts';
import { parseStored, StoredDataError } from './parse.ts';
import { callField, decisionField } from './step-fields.ts';

const StoredResult = z.object({ text: z.string(), json: Json.optional() });

/** Reads of jobs. */
export function createReads(redis: RedisConnection, keys: Keys) {
  const readField = (key: string, field: string) => redis.hget(key, field);

  async function readJob(id: string): Promise<JobState | undefined> {
    const text = await readField(keys.job(id), 'state');
    return text === null ? undefined : parseStored(JobState, text, `job ${id}`);
  }

  async function readRequest(id: string): Promise<AdmittedRequest> {
    const text = await readField(keys.job(id), 'request');
    if (text === null) throw new StoredDataError(`job ${id} has no request in Redis`);
    return parseStored(AdmittedRequest, text, `the request of job ${id}`);
  }

  async function readSteps(id: string): Promise<StepRecord[]> {
    const texts = await redis.hvals(keys.steps(id));
    return texts.map((text) => parseStored(StepRecord, text, `a step of job ${id}`));
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

  async function readCalls(id: string): Promise<CallRecord[]> {
    return (await readSteps(id)).filter((step) => step.kind === 'call');
  }

  async function readJobParts(id: string): Promise<JobParts | undefined> {
    const [state, request, result] = await redis.hmget(keys.job(id), 'state', 'request', 'result');
    if (typeof state !== 'string' || typeof request !== 'string') return undefined;
    const job = parseStored(JobState, state, `job ${id}`);
    const asks =
      job.phase.name === 'calls' && job.phase.calls.some(({ step }) => step.status === 'unknown');
    return {
      job,
      ...(asks ? { calls: await readCalls(id) } : {}),
      request: parseStored(AdmittedRequest, request, `the request of job ${id}`),
      ...(typeof result === 'string'
        ? { result: parseStored(StoredResult, result, `the result of job ${id}`) as JobResult }
        : {}),
    };
  }

  async function readHistory(id: string): Promise<JobHistory | undefined> {
    const [parts, steps] = await Promise.all([readJobParts(id), readSteps(id)]);
    return parts === undefined
      ? undefined
      : { job: parts.job, prompt: parts.request.prompt, steps };
  }

  return {
    readJob,
    readRequest,
    readSteps,
    readCall,
    readCalls,
    readDecision,
    readJobParts,
    readHistory,
  };
}
