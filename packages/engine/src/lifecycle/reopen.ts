import type { JobState, Limits } from '@pawl/contracts';
import type { Change } from '../decisions/change.ts';
import { reenterConversation } from '../decisions/conversation.ts';
import { reopen } from '../decisions/reopen.ts';
import { commitAndWake } from './commit.ts';
import type { Engine } from './dependencies.ts';

export type ReopenOutcome =
  | { readonly kind: 'reopened'; readonly job: JobState }
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'limited'; readonly limit: string }
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
    // After the conversation: whatever is kept of a call too late for this raises its revision.
    const [steps, started] = await Promise.all([
      store.readSteps(jobId),
      store.startedJobs(job.conversation),
    ]);
    const late = steps.filter((step) => step.kind === 'late_outcome');
    const decision = reopen(job, { ...options, late }, engine.now());
    if (decision.kind === 'nothing') return { kind: 'refused', reason: decision.reason };
    if (decision.kind === 'limited') return decision;
    if (before === undefined) return { kind: 'unknown_job' };
    const place = reenterConversation(before, job, started);
    if (place === undefined) {
      return { kind: 'refused', reason: 'a later job of its conversation has started' };
    }
    const opened = place.kind === 'starts' ? decision.change : lined(decision.change);
    const conversation = { before, after: place.conversation };
    if (await commitAndWake(engine, { jobs: [opened], conversation })) {
      return { kind: 'reopened', job: opened.after };
    }
  }
}

function lined(opened: Change): Change {
  return { ...opened, after: { ...opened.after, phase: { name: 'lined' } } };
}
