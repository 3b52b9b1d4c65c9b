import type { Ending, JobEvent, JobState, StepRecord } from '@pawl/contracts';
import type { LateWrite } from '../domain/commit.ts';
import type { JobResult } from '../domain/job.ts';
import { requiredActionOf, statusOf } from '../job/status.ts';

/** What a decision wants committed for one job. `job.sequence` is one more than before. */
export interface Transition {
  readonly before: JobState;
  readonly after: JobState;
  readonly events: readonly JobEvent[];
  readonly steps: readonly StepRecord[];
  readonly result?: JobResult;
  /** See `JobTransition.model`. */
  readonly model?: string;
}

/** Nothing is to be written: the state has moved on, so the wake-up is stale. */
export interface Nothing {
  readonly kind: 'nothing';
  readonly reason: string;
}

export function nothing(reason: string): Nothing {
  return { kind: 'nothing', reason };
}

/** Every kind of answer that a transition has, and whether it is committed: the kind decides, and nothing else. */
const isCommittedKind = {
  commit: true,
  claimed: true,
  looking: true,
  settled: true,
  ended: true,
  nothing: false,
  due: false,
  early: false,
  check_account: false,
  job_ended: false,
  limited: false,
} as const;

type AnswerKinds = typeof isCommittedKind;

type KindsThat<Are extends boolean> = {
  [Kind in keyof AnswerKinds]: AnswerKinds[Kind] extends Are ? Kind : never;
}[keyof AnswerKinds];

/** An answer that is committed; it may say more of the transition, such as the epoch of a claim. */
export interface Committed<Kind extends KindsThat<true> = KindsThat<true>> {
  readonly kind: Kind;
  readonly transition: Transition;
}

/** The job has ended, and stays as it is (invariant 7): what was learnt is committed beside it. */
export interface Late {
  readonly kind: 'late';
  readonly late: LateWrite;
}

/** What a transition answers: what to commit, or a reason to leave the job as it is. */
export type TransitionAnswer = Committed | Late | { readonly kind: KindsThat<false> };

export type CommitOrNothing = Committed<'commit'> | Nothing;

/** What is to be committed for an answer, if anything is. */
export function decidedBy(
  answer: TransitionAnswer,
): { readonly jobs: readonly [Transition] } | { readonly late: LateWrite } | undefined {
  if (answer.kind === 'late') return { late: answer.late };
  return isCommitted(answer) ? { jobs: [answer.transition] } : undefined;
}

function isCommitted(answer: Exclude<TransitionAnswer, Late>): answer is Committed {
  return isCommittedKind[answer.kind];
}

/** What a job is found by from its first commit on stays as it is. */
type Lasting = 'id' | 'tenant' | 'user' | 'conversation' | 'schedule' | 'agent' | 'createdAt';

interface NextStateParts {
  readonly patch: Partial<Omit<JobState, Lasting | 'sequence'>>;
  readonly events?: readonly JobEvent[];
  readonly steps?: readonly StepRecord[];
  readonly result?: JobResult;
  readonly model?: string;
}

/** The next state, with the events that follow from the difference of status alone added to those given. */
export function nextState(before: JobState, parts: NextStateParts): Transition {
  const after: JobState = { ...before, ...parts.patch, sequence: before.sequence + 1 };
  return {
    before,
    after,
    events: [...(parts.events ?? []), ...statusEvents(before, after)],
    steps: parts.steps ?? [],
    ...(parts.result === undefined ? {} : { result: parts.result }),
    ...(parts.model === undefined ? {} : { model: parts.model }),
  };
}

/** Ends a job where it stands; the calls that still run are its conversation's to wait for (invariant 6). */
export function end(
  before: JobState,
  ending: Ending,
  at: number,
  parts: Partial<NextStateParts> = {},
): Transition {
  const { phase: _, ...patch } = parts.patch ?? {};
  const reached = parts.patch?.phase ?? before.phase;
  if (reached.name === 'ended') throw new Error(`job ${before.id} has ended already (invariant 7)`);
  return nextState(before, {
    ...parts,
    patch: { phase: { name: 'ended', at, ending, from: reached }, ...patch },
  });
}

function statusEvents(before: JobState, after: JobState): JobEvent[] {
  const [was, is] = [statusOf(before), statusOf(after)];
  const [hadToDo, hasToDo] = [requiredActionOf(before), requiredActionOf(after)];
  if (after.phase.name === 'ended') {
    return before.phase.name === 'ended' ? [] : [endingEvent(after.phase.ending)];
  }
  if (is === 'requires_action') {
    const same = JSON.stringify(hadToDo) === JSON.stringify(hasToDo);
    return same || hasToDo === null ? [] : [{ type: 'job.requires_action', action: hasToDo.type }];
  }
  return was === 'requires_action' || before.phase.name === 'ended'
    ? [{ type: 'job.resumed' }]
    : [];
}

function endingEvent(ending: Ending): JobEvent {
  switch (ending.status) {
    case 'completed':
      return { type: 'job.completed' };
    case 'incomplete':
      return { type: 'job.incomplete', stop_reason: ending.stopReason };
    case 'failed':
      return { type: 'job.failed', code: ending.failure.code };
    case 'cancelled':
      return { type: 'job.cancelled', by: ending.by };
    case 'expired':
      return { type: 'job.expired' };
  }
}
