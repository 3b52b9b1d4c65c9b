import type { JobState, OutcomeRecord, ToolCall } from '@pawl/contracts';

/** A call of the current turn, at its place among the others. */
export interface PlacedCall {
  readonly index: number;
  readonly call: ToolCall;
}

/** The record of a call of the current turn that is not settled yet. */
export function outcomeRecord(
  job: JobState,
  { index, call: { step } }: PlacedCall,
  answer: OutcomeRecord['answer'],
  finishedAt: number,
): OutcomeRecord {
  if (step.status === 'settled') throw new Error('the call is settled already');
  return {
    kind: 'outcome',
    turn: job.turn,
    index,
    attempts: step.attempts + step.crashes + 1,
    ...(step.status === 'running' ? { startedAt: step.startedAt } : {}),
    finishedAt,
    answer,
  };
}
