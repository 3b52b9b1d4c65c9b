import type { AdmittedRequest, Ending, Job, JobState } from '@pawl/contracts';
import { requiredActionOf, statusOf } from '../decisions/status.ts';
import type { JobResult } from '../ports.ts';

export interface JobParts {
  readonly job: JobState;
  readonly request: AdmittedRequest;
  readonly result?: JobResult | undefined;
}

/** How browsers reach the link under which an account is authorized. */
export type ConnectUrl = (job: string, link: string) => string;

/** A job as the API shows it. */
export function presentJob({ job, request, result }: JobParts, connectUrl: ConnectUrl): Job {
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
    required_action: presentAction(job, connectUrl),
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

function presentAction(job: JobState, connectUrl: ConnectUrl): Job['required_action'] {
  const action = requiredActionOf(job);
  if (action?.type !== 'connect_account') return null;
  return {
    type: 'connect_account',
    connection: action.connection,
    url: connectUrl(job.id, action.link),
    expires_at: instant(job.expiresAt),
  };
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

/** ISO 8601 in UTC. */
export function instant(time: number): string {
  return new Date(time).toISOString();
}
