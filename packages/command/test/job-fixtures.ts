import type { Job, JobStep } from '@pawl/client';
import { Job as JobContract, JobStep as JobStepContract } from '@pawl/contracts';
import type { ToolCall, Turn } from '../src/journey/snapshot.ts';

const at = '2026-03-01T12:00:00.000Z';
const failure = { retryable: false };

/** A queued job for one user and gmail, with the given differences. */
export function aJob(differences: Partial<Job> = {}): Job {
  return JobContract.parse({
    id: 'job_0_abc',
    object: 'job',
    status: 'queued',
    sequence: 1,
    user: 'user_123',
    conversation: 'conv_0_abc',
    prompt: 'Fetch my mails.',
    model: 'openai/gpt-4o-mini',
    connections: ['gmail'],
    metadata: {},
    result: null,
    error: null,
    required_action: null,
    stop_reason: null,
    usage: { model_calls: 0, tool_calls: 0, input_tokens: 0, output_tokens: 0, cost_usd: 0 },
    limits: { turns: 8, tool_calls: 64, tokens: null, cost_usd: null, deadline_seconds: 86_400 },
    turns: 0,
    schedule: null,
    agent: null,
    created_at: at,
    started_at: null,
    finished_at: null,
    expires_at: at,
    ...differences,
  }) as Job;
}

export function waitingFor(connection: string, url: string): Partial<Job> {
  return {
    status: 'requires_action',
    required_action: { type: 'connect_account', connection, url, expires_at: at },
  };
}

/** A running turn, with the given differences. */
export function aTurn(differences: Partial<Turn> = {}): JobStep {
  return JobStepContract.parse({
    type: 'turn',
    turn: 0,
    status: 'running',
    model: null,
    tools_loaded: null,
    output: null,
    finish_reason: null,
    attempts: 1,
    input_tokens: 0,
    output_tokens: 0,
    cost_usd: 0,
    error: null,
    started_at: at,
    finished_at: null,
    ...differences,
  }) as JobStep;
}

export function completedTurn(differences: Partial<Turn> = {}): JobStep {
  return aTurn({ status: 'completed', tools_loaded: 17, finished_at: at, ...differences });
}

/** A tool call that nobody has started yet, with the given differences. */
export function aCall(differences: Partial<ToolCall> = {}): JobStep {
  return JobStepContract.parse({
    type: 'tool_call',
    turn: 0,
    index: 0,
    id: 'call_1',
    tool: 'gmail_fetch_mails',
    connection: 'gmail',
    status: 'ready',
    input: { max_results: 5 },
    output: null,
    attempts: 0,
    error: null,
    late_outcome: null,
    started_at: null,
    finished_at: null,
    ...differences,
  }) as JobStep;
}

export function runningCall(differences: Partial<ToolCall> = {}): JobStep {
  return aCall({ status: 'running', attempts: 1, started_at: at, ...differences });
}

export function succeededCall(differences: Partial<ToolCall> = {}): JobStep {
  return runningCall({ status: 'succeeded', output: {}, finished_at: at, ...differences });
}

export function failedCall(message: string, differences: Partial<ToolCall> = {}): JobStep {
  const error = { ...failure, code: 'tool_failed', message };
  return runningCall({ status: 'failed', error, finished_at: at, ...differences });
}
