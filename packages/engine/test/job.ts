import type { ActivePhase, JobState, ToolCall } from '@pawl/contracts';
import { freshStep } from '../src/decisions/steps.ts';

/** A job that has just begun its first turn, but for what is given. */
export function jobWith(parts: Partial<JobState> = {}): JobState {
  return {
    id: 'job_0_a',
    tenant: 'default',
    user: 'user',
    conversation: 'conv_0_a',
    sequence: 5,
    createdAt: 0,
    startedAt: 1,
    expiresAt: 1_000_000,
    priority: 0,
    limits: { turns: 8, tool_calls: 64, deadline_seconds: 1_000 },
    onUnknownOutcome: 'ask',
    usage: { modelCalls: 1, toolCalls: 2, inputTokens: 0, outputTokens: 0, costUsd: 0 },
    turn: 0,
    model: 0,
    phase: { name: 'turn', step: freshStep(5, 0) },
    ...parts,
  };
}

export const claimable = { since: 3, epoch: 4, attempts: 0, crashes: 0 };

export const runningStep = {
  status: 'running',
  ...claimable,
  startedAt: 10,
  until: 60_010,
} as const;

export function callWith(parts: Partial<ToolCall> = {}): ToolCall {
  return {
    callId: 'call_a',
    name: 'gmail_send_message',
    tool: 'gmail_send_message',
    connection: 'gmail',
    effect: 'writes',
    step: freshStep(3, 0),
    ...parts,
  };
}

export function endedFrom(
  from: ActivePhase,
  ending: Extract<JobState['phase'], { name: 'ended' }>['ending'],
  parts: Partial<JobState> = {},
): JobState {
  return jobWith({ ...parts, phase: { name: 'ended', at: 100, ending, from } });
}
