import type { CallRecord, Ending, Job, JobDetail, JobState } from '@pawl/contracts';
import { askedFields } from '../agent/asked.ts';
import { instant } from '../domain/instant.ts';
import type { Links, JobParts } from '../domain/job.ts';
import { shownParts } from '../turn/prompt-content.ts';
import { approvalViews } from '../tool-call/view.ts';
import { requiredActionOf, statusOf } from './status.ts';

/** A job as the API shows it where it shows this one alone: with what was asked for. */
export function jobDetail(parts: JobParts, links: Links): JobDetail {
  const asked = askedFields(parts.request);
  const { id, ...view } = jobView(parts, links);
  return { id, ...view, ...(asked !== undefined && { asked }) };
}

/** A job as the API shows it. */
export function jobView({ job, request, result, calls = [] }: JobParts, links: Links): Job {
  const ended = job.phase.name === 'ended' ? job.phase : undefined;
  return {
    id: job.id,
    object: 'job',
    status: statusOf(job),
    sequence: job.sequence,
    user: job.user,
    conversation: job.conversation,
    prompt: request.prompt,
    ...(request.content !== undefined && { prompt_parts: shownParts(request.content) }),
    model: request.models[job.model] ?? '',
    connections: request.connections,
    metadata: request.metadata,
    result: result === undefined ? null : { ...result },
    error: ended === undefined ? null : errorOf(ended.ending),
    required_action: presentAction(job, calls, links),
    stop_reason: ended?.ending.status === 'incomplete' ? ended.ending.stopReason : null,
    usage: {
      model_calls: job.usage.modelCalls,
      tool_calls: job.usage.toolCalls,
      input_tokens: job.usage.inputTokens,
      output_tokens: job.usage.outputTokens,
      cost_usd: job.usage.costUsd,
    },
    limits: {
      turns: job.limits.turns,
      tool_calls: job.limits.tool_calls,
      tokens: job.limits.tokens ?? null,
      cost_usd: job.limits.cost_usd ?? null,
      deadline_seconds: job.limits.deadline_seconds,
    },
    turns: job.usage.modelCalls,
    schedule: job.schedule ?? null,
    agent: job.agent ?? null,
    created_at: instant(job.createdAt),
    started_at: job.startedAt === undefined ? null : instant(job.startedAt),
    finished_at: ended === undefined ? null : instant(ended.at),
    expires_at: instant(job.expiresAt),
  };
}

function presentAction(
  job: JobState,
  calls: readonly CallRecord[],
  links: Links,
): Job['required_action'] {
  const action = requiredActionOf(job);
  switch (action?.type) {
    case undefined:
      return null;
    case 'connect_account':
      return {
        type: 'connect_account',
        connection: action.connection,
        url: links.connect(job.id, action.link),
        expires_at: instant(job.expiresAt),
      };
    case 'approve_tool_calls':
      return {
        type: 'approve_tool_calls',
        url: links.approve(job.id, action.link),
        approvals: approvalViews(job, calls, links).flatMap(
          ({ type, id, tool, input, effect, expires_at: expiresAt }) =>
            type === 'approve_tool_calls' && expiresAt !== null
              ? [{ id, tool, input, effect, expires_at: expiresAt }]
              : [],
        ),
      };
    case 'resolve_tool_outcome':
      return {
        type: 'resolve_tool_outcome',
        approvals: approvalViews(job, calls, links).map(({ id, tool, input, effect }) => ({
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

/** What a link carries: the job, and the secret that the job's waiting step was given. */
export function formatLinkToken(job: string, link: string): string {
  return `${job}.${link}`;
}

/** Links to the gateway as browsers reach it; the URL has no slash at its end. */
export function linksOf(publicUrl: string): Links {
  return {
    connect: (job, link) => `${publicUrl}/connect/${formatLinkToken(job, link)}`,
    approve: (job, link) => `${publicUrl}/approve/${formatLinkToken(job, link)}`,
  };
}
