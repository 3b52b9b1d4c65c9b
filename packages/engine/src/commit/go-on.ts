import type { JobState, JobTask } from '@pawl/contracts';
import { isIn } from '../domain/job.ts';
import type { TransitionContext } from '../domain/rules.ts';
import type { TaskLock, Wake } from '../domain/task.ts';
import { newWakes } from '../job/wakes.ts';
import { type CallClaim, claimCall } from '../tool-call/claim.ts';
import { mustNotRepeat } from '../tool-call/settle.ts';
import { claimTurn, type TurnClaim } from '../turn/claim.ts';
import type { Transition } from './next-state.ts';

/** The claim of a step; of a turn, or of the call in its transition. */
export type StepClaim = Extract<TurnClaim | CallClaim, { kind: 'claimed' }>;

/** Reserves a slot of this worker for a step that a commit is about to make ready; undefined: there is none. */
export type ReserveNext = (wake: Wake<JobTask>) => ReservedNext | undefined;

/** A slot for the next step of a job. Either `run` or `free` has to be called. */
export interface ReservedNext {
  /** Under which the task starts. */
  readonly lock: TaskLock;
  /**
   * Runs the task, which has started, beside everything else.
   *
   * @param claim the claim of its step where that was committed already
   */
  run(claim: StepClaim | undefined): void;
  /**
   * The task has not started.
   *
   * @param isCrowded others wait for a share
   */
  free(isCrowded: boolean): void;
}

/** How a worker goes on from what it has decided. */
export interface Onward {
  /** Of the one step that becomes ready. */
  readonly wake: Wake<JobTask>;
  /** What is committed. */
  readonly transition: Transition;
  /** The step's claim, where it is a part of that. */
  readonly claim?: StepClaim;
}

/**
 * The one step that a transition makes ready, for the worker that has made it ready. Its claim is made by the same
 * commit: that is one commit less for each step. But a call that may not be repeated is claimed by itself, right before
 * it is made, since a worker that dies between the two leaves a call of which nobody knows whether it was made.
 *
 * Undefined where several steps become ready or none, or where the step may not run now.
 */
export function goOn(made: Transition, context: TransitionContext): Onward | undefined {
  const [wake, ...others] = newWakes(made.before, made.after);
  if (wake === undefined || others.length > 0 || wake.at > context.now) return undefined;
  // The claim is a part of the commit that the step is ready by, and raises the sequence no further.
  const job = { ...made.after, sequence: made.before.sequence };
  const claim = claimOf(job, wake.task, context);
  if (claim.kind !== 'claimed') return undefined;
  if ('call' in claim && isIn(job, 'calls') && mustNotRepeat(job, claim.call)) {
    return { wake, transition: made };
  }
  const { after, events } = claim.transition;
  const transition = { ...made, after, events: [...made.events, ...events] };
  return { wake, transition, claim: { ...claim, transition } };
}

function claimOf(job: JobState, task: JobTask, context: TransitionContext): TurnClaim | CallClaim {
  return task.kind === 'turn' ? claimTurn(job, task, context) : claimCall(job, task, context);
}
