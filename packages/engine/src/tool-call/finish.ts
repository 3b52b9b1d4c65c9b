import { isDeepStrictEqual } from 'node:util';
import type { CallPlace, JobState, LateOutcome, OutcomeRecord } from '@pawl/contracts';
import { buildCommit } from '../commit/build-commit.ts';
import { commitAndWake } from '../commit/commit-and-wake.ts';
import { contextOf, type Engine } from '../commit/engine.ts';
import { type Committed, nothing, type Nothing } from '../commit/next-state.ts';
import { applyTransition } from '../commit/transition.ts';
import { settleCall } from './settle.ts';
import { isIn } from '../domain/job.ts';
import { isUnsettled } from '../domain/tool.ts';
import type { TransitionContext } from '../domain/rules.ts';

type Answer = OutcomeRecord['answer'];

export type FinishDecision =
  | Committed<'commit'>
  /** The job has ended, and stays as it is (invariant 7): what came of the call is to be kept beside it. */
  | { readonly kind: 'job_ended'; readonly job: JobState; readonly outcome: LateOutcome }
  | Nothing;

/**
 * What a tool says of a call that it has accepted. It speaks for the call, whichever claim made it, since every claim
 * of a call has the same key: it settles the call as long as nobody has decided, also where the worker that was told of
 * the acceptance has not written it yet.
 */
export function finishCall(
  job: JobState,
  { turn, index, answer }: Omit<CallPlace, 'job'> & { readonly answer: Answer },
  { now }: Pick<TransitionContext, 'now'>,
): FinishDecision {
  const phase = isIn(job, 'ended') ? job.phase.from : job.phase;
  const call = phase.name === 'calls' && job.turn === turn ? phase.calls[index] : undefined;
  const placed = call && { index, call };
  if (placed === undefined || !isUnsettled(placed)) {
    return nothing('the call is settled, or was never made');
  }
  // Nothing was sent yet.
  if (placed.call.step.epoch === 0) return nothing('the call was not made yet');
  if (!isIn(job, 'calls')) {
    // No claim's epoch: this is not the report of one, and the newest may still be in flight.
    const late = { kind: 'late_outcome', turn, index, epoch: 0, finishedAt: now } as const;
    return { kind: 'job_ended', job, outcome: { ...late, executed: true, answer } };
  }
  return { kind: 'commit', transition: settleCall(job, { ...placed, answer }, { now }) };
}

type Finished =
  /** Taken now, or the same as was taken before. */
  | 'taken'
  /** The call has another outcome already, or nobody waits for one. */
  | 'otherwise';

/** Takes what a tool says of a call once; the same again changes nothing. */
export async function takeResult(
  engine: Engine,
  place: CallPlace,
  answer: Answer,
): Promise<Finished> {
  for (;;) {
    const decision = await applyTransition(engine, place.job, (job) =>
      finishCall(job, { ...place, answer }, contextOf(engine)),
    );
    if (decision.kind === 'commit') return 'taken';
    if (decision.kind === 'nothing') {
      const told = await knownAnswers(engine, place, ['outcome', 'late_outcome']);
      return isAmong(told, answer) ? 'taken' : 'otherwise';
    }
    const known = await knownAnswers(engine, place, ['late_outcome']);
    if (known.length > 0) return isAmong(known, answer) ? 'taken' : 'otherwise';
    const { job, outcome } = decision;
    const commit = await buildCommit(engine, { late: { job, outcome } });
    if (await commitAndWake(engine, commit)) return 'taken';
  }
}

async function knownAnswers(
  { store }: Engine,
  place: CallPlace,
  kinds: readonly ('outcome' | 'late_outcome')[],
): Promise<Answer[]> {
  const steps = await store.readSteps(place.job);
  return steps.flatMap((step) =>
    (step.kind === 'outcome' || step.kind === 'late_outcome') &&
    kinds.includes(step.kind) &&
    step.turn === place.turn &&
    step.index === place.index
      ? [step.answer]
      : [],
  );
}

/** What is stored has been through JSON: so has what it is compared with. */
function isAmong(known: readonly Answer[], answer: Answer): boolean {
  const given: unknown = JSON.parse(JSON.stringify(answer));
  return known.some((each) => isDeepStrictEqual(each, given));
}
