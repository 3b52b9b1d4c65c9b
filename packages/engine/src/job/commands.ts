import type { CancelSource, JobState, Limits } from '@pawl/contracts';
import { buildCommit } from '../commit/build-commit.ts';
import { commitAndWake } from '../commit/commit-and-wake.ts';
import { contextOf, type Engine } from '../commit/engine.ts';
import { end, nothing, type Transition } from '../commit/next-state.ts';
import { applyTransition } from '../commit/transition.ts';
import { reenterConversation } from '../conversation/conversation.ts';
import { roomForJob } from '../tenant/commands.ts';
import type { LimitReached } from '../tenant/limits.ts';
import { cancel, expire, reopen } from './transitions.ts';

/** Cancels a job in any phase. False: it had ended before, and nothing changed. */
export async function cancelJob(engine: Engine, jobId: string, by: CancelSource): Promise<boolean> {
  const decision = await applyTransition(engine, jobId, (job) =>
    cancel(job, { by }, contextOf(engine)),
  );
  return decision.kind === 'commit';
}

/** Ends a job whose deadline has passed. */
export async function expireJob(engine: Engine, jobId: string): Promise<void> {
  await applyTransition(engine, jobId, (job) => expire(job, contextOf(engine)));
}

export type ReopenOutcome =
  | { readonly kind: 'reopened'; readonly job: JobState }
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'limited'; readonly limit: string }
  /** A limit of its tenant or user leaves no room for it now. */
  | { readonly kind: 'no_room'; readonly reached: LimitReached }
  | { readonly kind: 'unknown_job' };

/** Opens a job again, unless its conversation has gone on without it (invariant 7). */
export async function reopenJob(
  engine: Engine,
  jobId: string,
  options: { readonly limits?: Limits },
): Promise<ReopenOutcome> {
  const { store } = engine;
  for (;;) {
    const job = await store.readJob(jobId);
    if (job === undefined) return { kind: 'unknown_job' };
    const before = await store.readConversation(job.conversation);
    // Read after the conversation: an outcome that is stored later raises the conversation's revision, and this commit is refused.
    const [steps, lastStarted, room] = await Promise.all([
      store.readSteps(jobId),
      store.lastStartedJob(job.conversation),
      roomForJob(engine, job, jobId),
    ]);
    const late = steps.filter((step) => step.kind === 'late_outcome');
    const decision = reopen(job, { ...options, late }, contextOf(engine));
    if (decision.kind === 'nothing') return { kind: 'refused', reason: decision.reason };
    if (decision.kind === 'limited') return decision;
    if (before === undefined) return { kind: 'unknown_job' };
    const place = reenterConversation(before, { job, lastStarted }, contextOf(engine));
    if (place.kind === 'passed') {
      return { kind: 'refused', reason: 'a later job of its conversation has started' };
    }
    if (place.kind === 'full') {
      return { kind: 'refused', reason: 'its conversation has too many waiting jobs' };
    }
    if (room.kind === 'limited') return { kind: 'no_room', reached: room.reached };
    const opened =
      place.kind === 'starts' ? decision.transition : queuedBehind(decision.transition);
    const conversation = { before, after: place.conversation };
    const limited = room.bounds === undefined ? {} : { admission: room.bounds };
    const commit = await buildCommit(engine, { jobs: [opened], conversation, ...limited });
    if (await commitAndWake(engine, commit)) {
      return { kind: 'reopened', job: opened.after };
    }
  }
}

/** The opened job waits behind the one that its conversation works on. */
function queuedBehind(opened: Transition): Transition {
  return { ...opened, after: { ...opened.after, phase: { name: 'lined' } } };
}

/** Ends a job one of whose records cannot be read, so that it does not come up for ever. False: it had ended. */
export async function endUnreadableJob(
  engine: Engine,
  jobId: string,
  message: string,
): Promise<boolean> {
  const failure = { code: 'record_unreadable', message, retryable: false };
  const decision = await applyTransition(engine, jobId, (job) =>
    job.phase.name === 'ended'
      ? nothing('the job has ended')
      : {
          kind: 'commit' as const,
          transition: end(job, { status: 'failed', failure }, engine.now()),
        },
  );
  return decision.kind === 'commit';
}
