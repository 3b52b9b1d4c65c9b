import { isDeepStrictEqual } from 'node:util';
import type { ApprovalDecision, ApprovalTarget, DecisionRecord } from '@pawl/contracts';
import { contextOf, type Engine } from '../commit/engine.ts';
import { applyTransition } from '../commit/transition.ts';
import { resolveOutcome } from './approval.ts';

export type DecideOutcome =
  /** Taken now, or the same as was taken before. */
  | { readonly kind: 'decided'; readonly record: DecisionRecord }
  | { readonly kind: 'decided_otherwise'; readonly record: DecisionRecord }
  /** The real outcome came, or the job ended, before anybody decided. */
  | { readonly kind: 'settled' };

/** Takes a person's decision about a call once; the same decision again changes nothing. */
export async function decideOutcome(
  engine: Engine,
  target: ApprovalTarget,
  decision: ApprovalDecision,
): Promise<DecideOutcome> {
  await applyTransition(engine, target.job, (job) =>
    resolveOutcome(job, { ...target, decision }, contextOf(engine)),
  );
  const record = await engine.store.readDecision(target);
  if (record === undefined) return { kind: 'settled' };
  // The record has been through JSON, which knows no -0: so has what it is compared with.
  return isDeepStrictEqual(record.decision, JSON.parse(JSON.stringify(decision)))
    ? { kind: 'decided', record }
    : { kind: 'decided_otherwise', record };
}
