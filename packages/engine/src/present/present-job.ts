import type { AdmittedRequest, CallRecord, Ending, Job, JobState } from '@pawl/contracts';
import { instant } from './instant.ts';
import { presentApprovals } from './present-approvals.ts';
import { requiredActionOf, statusOf } from '../decisions/status.ts';
import type { JobResult } from '../ports.ts';

export interface JobParts {
  readonly job: JobState;
  readonly request: AdmittedRequest;
  readonly result?: JobResult | undefined;
  /** The calls of the job's steps; needed while a person is asked about one. */
  readonly calls?: readonly CallRecord[] | undefined;
}

/** How browsers reach the link under which an account is authorized. */
export type ConnectUrl = (job: string, link: string) => string;

/** A job as the API shows it. */
export function presentJob(
  { job, request, result, calls = [] }: JobParts,
  connectUrl: ConnectUrl,
): Job {
  const ended = job.phase.name === 'ended' ? job.phase : undefined;
  return {
    id: job.id,
    object: 'job',
    status: statusOf(job),
    sequence: job.sequence,
    user: job.user,
    conversation: job.conversation,
    prompt: request.prompt,
    model: request.models[job.model] ?? '',
    connections: request.connections,
    metadata: request.metadata,
    result: result === undefined ? null : { ...result },
    error: ended === undefined ? null : errorOf(ended.ending),
    required_action: presentAction(job, calls, connectUrl),
    stop_reason: ended?.ending.status === 'incomplete' ? ended.ending.stopReason : null,
    usage: {
      model_calls: job.usage.modelCalls,
      tool_calls: job.usage.toolCalls,
      input_tokens: job.usage.inputTokens,
      output_tokens: job.usage.outputTokens,
      cost_usd: job.usage.costUsd,
    },
    turns: job.usage.modelCalls,
    schedule: job.schedule ?? null,
    created_at: instant(job.createdAt),
    started_at: job.startedAt === undefined ? null : instant(job.startedAt),
    finished_at: ended === undefined ? null : instant(ended.at),
    expires_at: instant(job.expiresAt),
  };
}

function presentAction(
  job: JobState,
  calls: readonly CallRecord[],
  connectUrl: ConnectUrl,
): Job['required_action'] {
  const action = requiredActionOf(job);
  switch (action?.type) {
    case undefined:
      return null;
    case 'connect_account':
      return {
        type: 'connect_account',
        connection: action.connection,
        url: connectUrl(job.id, action.link),
        expires_at: instant(job.expiresAt),
      };
    case 'resolve_tool_outcome':
      return {
        type: 'resolve_tool_outcome',
        approvals: presentApprovals(job, calls).map(({ id, tool, input, effect }) => ({
          id,
          tool,
          input,
          effect,
        })),
      };
  }
}

function errorOf(ending: Ending): Job['error'] {
  switch (ending.status) {
    case 'failed':
      return ending.failure;
    case 'expired':
      return {
        code: 'deadline_exceeded',
        message: 'The job did not end before its deadline.',
        retryable: true,
      };
    case 'completed':
    case 'incomplete':
    case 'cancelled':
      return null;
  }
}
