import type { LateOutcome } from '@pawl/contracts';
import type { ToolOutcome } from '../ports.ts';
import type { ClaimName } from './claims.ts';

/** The side record of a claim that reports too late; undefined when it has learnt nothing. */
export function lateOutcome(
  { turn, index, epoch, outcome }: ClaimName & { readonly outcome: ToolOutcome },
  finishedAt: number,
): LateOutcome | undefined {
  const record = { kind: 'late_outcome', turn, index, epoch, finishedAt } as const;
  switch (outcome.kind) {
    case 'succeeded':
      return { ...record, executed: true, answer: { output: outcome.output } };
    case 'failed':
      return { ...record, executed: true, answer: { failure: outcome.failure } };
    case 'not_executed':
    case 'account_inactive':
    case 'fatal':
      return { ...record, executed: false, answer: { failure: outcome.failure } };
    case 'unknown':
      return undefined;
  }
}
