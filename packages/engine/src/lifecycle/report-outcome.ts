import { holdName, releaseHolds, touched } from '../decisions/conversation.ts';
import {
  recordOutcome,
  type CallReport,
  type OutcomeDecision,
} from '../decisions/record-outcome.ts';
import { commitAndWake, startNext } from './commit.ts';
import type { Engine } from './dependencies.ts';
import { transition } from './transition.ts';

/**
 * Takes what a claim has learnt of its call: into the job, or beside it once it has ended (invariant 5). Either way the
 * claim is over, and nothing waits for it any more.
 *
 * @param link the secret part of the link, should an account have to be authorized
 */
export async function reportOutcome(
  engine: Engine,
  job: string,
  report: CallReport,
  { link }: { link: string },
): Promise<OutcomeDecision> {
  for (;;) {
    const decision = await transition(engine, job, (state) =>
      recordOutcome(state, report, {
        rules: engine.rules,
        now: engine.now(),
        random: engine.random(),
        link,
      }),
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
  const name = holdName(job.id, report);
  const isHeld = before?.holds[name] !== undefined;
  if (outcome === undefined && !isHeld) return true;
  const late = { job, ...(outcome === undefined ? {} : { outcome }) };
  if (before === undefined) return commitAndWake(engine, { jobs: [], late });
  const after = isHeld ? releaseHolds(before, (held) => held === name) : touched(before);
  const jobs = await startNext(engine, { before, after });
  if (jobs === undefined) return false;
  return commitAndWake(engine, { jobs, conversation: { before, after }, late });
}
