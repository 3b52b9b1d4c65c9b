import { isDeepStrictEqual } from 'node:util';
import type { ApprovalDecision, ApprovalTarget, DecisionRecord } from '@pawl/contracts';
import { contextOf, type Engine } from '../commit/engine.ts';
import { applyTransition } from '../commit/transition.ts';
import { decideCall } from './approval.ts';

export type DecisionOutcome =
  /** Taken now, or the same as was taken before. */
  | { readonly kind: 'decided'; readonly record: DecisionRecord }
  | { readonly kind: 'decided_otherwise'; readonly record: DecisionRecord }
  /** Nobody is asked any more: the real outcome came, the time was over, or the job ended, before anybody decided. */
  | { readonly kind: 'settled' }
  | { readonly kind: 'unknown_call' };

/** Takes a person's decision about a call once; the same decision again changes nothing. */
export async function takeDecision(
  engine: Engine,
  target: ApprovalTarget,
  decision: ApprovalDecision,
): Promise<DecisionOutcome> {
  const [record] = await engine.store.readCalls(target.job, [target]);
  if (record === undefined) return { kind: 'unknown_call' };
  await applyTransition(engine, target.job, (job) =>
    decideCall(job, { ...target, decision, record }, contextOf(engine)),
  );
  const taken = await engine.store.readDecision(target);
  if (taken === undefined) return { kind: 'settled' };
  // The record has been through JSON, which knows no -0: so has what it is compared with.
  return isDeepStrictEqual(taken.decision, JSON.parse(JSON.stringify(decision)))
    ? { kind: 'decided', record: taken }
    : { kind: 'decided_otherwise', record: taken };
}
