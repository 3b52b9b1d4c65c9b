import { isDeepStrictEqual } from 'node:util';
import type { ApprovalDecision, ApprovalTarget, DecisionRecord } from '@pawl/contracts';
import { buildCommit } from '../commit/build-commit.ts';
import { commitAndWake } from '../commit/commit-and-wake.ts';
import { contextOf, type Engine } from '../commit/engine.ts';
import { applyTransition } from '../commit/transition.ts';
import {
  inFlightClaimName,
  releaseClaims,
  withNextRevision,
} from '../conversation/conversation.ts';
import { resolveOutcome } from './approval.ts';
import { type CallReport, type OutcomeDecision, recordOutcome } from './record-outcome.ts';

/**
 * Takes what a claim has learnt of its call: into the job, or beside it once it has ended (invariant 5). Either way the
 * claim is over, and nothing waits for it any more.
 */
export async function reportOutcome(
  engine: Engine,
  job: string,
  report: CallReport,
): Promise<OutcomeDecision> {
  for (;;) {
    const decision = await applyTransition(engine, job, (state) =>
      recordOutcome(state, report, contextOf(engine)),
    );
    if (decision.kind !== 'late' || (await keepLate(engine, decision, report))) return decision;
  }
}

/**
 * The side record and the end of the hold are one commit. It is fenced by the job, which may be opened again meanwhile,
 * and raises the conversation's revision, which fences whoever opens it: one of the two finds what the other wrote.
 */
async function keepLate(
  engine: Engine,
  { job, outcome }: Extract<OutcomeDecision, { kind: 'late' }>,
  report: CallReport,
): Promise<boolean> {
  const before = await engine.store.readConversation(job.conversation);
  const name = inFlightClaimName(job.id, report);
  const isHeld = before?.holds[name] !== undefined;
  if (outcome === undefined && !isHeld) return true;
  const late = { job, ...(outcome === undefined ? {} : { outcome }) };
  if (before === undefined) return commitAndWake(engine, await buildCommit(engine, { late }));
  const after = isHeld ? releaseClaims(before, (held) => held === name) : withNextRevision(before);
  const decided = { late, conversation: { before, after } };
  return commitAndWake(engine, await buildCommit(engine, decided));
}

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
