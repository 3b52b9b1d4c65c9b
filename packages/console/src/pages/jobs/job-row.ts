import type { Job } from '@pawl/client';
import { oneLine } from '../../text/plain-text.ts';

/** What a list keeps of a job: a hundred thousand of them have to fit into a tab. */
export interface JobRow {
  readonly id: string;
  readonly status: string;
  readonly prompt: string;
  readonly user: string;
  readonly agent: string | null;
  readonly turns: number;
  readonly toolCalls: number;
  readonly costUsd: number;
  readonly createdAt: string;
  readonly startedAt: string | null;
  readonly finishedAt: string | null;
  readonly sequence: number;
}

export function rowOf(job: Job): JobRow {
  return {
    id: job.id,
    status: job.status,
    prompt: oneLine(job.prompt, 160),
    user: job.user,
    agent: job.agent?.name ?? null,
    turns: job.turns,
    toolCalls: job.usage.tool_calls,
    costUsd: job.usage.cost_usd,
    createdAt: job.created_at,
    startedAt: job.started_at,
    finishedAt: job.finished_at,
    sequence: job.sequence,
  };
}

const statusAfter: Readonly<Record<string, string>> = {
  'job.started': 'in_progress',
  'job.resumed': 'in_progress',
  'job.requires_action': 'requires_action',
  'job.completed': 'completed',
  'job.incomplete': 'incomplete',
  'job.failed': 'failed',
  'job.cancelled': 'cancelled',
  'job.expired': 'expired',
};

/** A row after an event of its job. */
export function rowAfter(row: JobRow, type: string, createdAt: string): JobRow {
  const status = statusAfter[type];
  if (status === undefined) {
    if (type === 'turn.started') return { ...row, turns: Math.max(row.turns, 1) };
    if (type === 'tool_call.completed') return { ...row, toolCalls: row.toolCalls + 1 };
    return row;
  }
  const hasEnded = !['in_progress', 'requires_action'].includes(status);
  return {
    ...row,
    status,
    startedAt: type === 'job.started' ? createdAt : row.startedAt,
    finishedAt: hasEnded ? createdAt : null,
  };
}
