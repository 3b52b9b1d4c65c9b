import type { ConversationState, JobState, Limits } from '@pawl/contracts';
import type { Change } from '../decisions/change.ts';
import { joinConversation, withoutHoldsOf } from '../decisions/conversation.ts';
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
    const [steps, before, started] = await Promise.all([
      store.readSteps(jobId),
      store.readConversation(job.conversation),
      store.startedJobs(job.conversation),
    ]);
    const late = steps.filter((step) => step.kind === 'late_outcome');
    const decision = reopen(job, { ...options, late }, engine.now());
    if (decision.kind === 'nothing') return { kind: 'refused', reason: decision.reason };
    if (decision.kind === 'limited') return decision;
    if (before === undefined) return { kind: 'unknown_job' };
    const entered = enterAgain(before, decision.change, started);
    if (entered === undefined) {
      return { kind: 'refused', reason: 'a later job of its conversation has started' };
    }
    const { after, opened } = entered;
    if (await commitAndWake(engine, { jobs: [opened], conversation: { before, after } })) {
      return { kind: 'reopened', job: opened.after };
    }
  }
}

function enterAgain(
  before: ConversationState,
  opened: Change,
  started: readonly string[],
): { after: ConversationState; opened: Change } | undefined {
  const { id, startedAt } = opened.after;
  const hasStarted = startedAt !== undefined;
  if (before.active === id) {
    const revision = before.revision + 1;
    return { opened, after: { ...withoutHoldsOf(before, id), revision } };
  }
  if (hasStarted && (before.active !== null || started.at(-1) !== id)) return undefined;
  const place = joinConversation(before, id, 'last');
  if (place.kind === 'starts') return { opened, after: place.conversation };
  const lined: Change = { ...opened, after: { ...opened.after, phase: { name: 'lined' } } };
  return { opened: lined, after: place.conversation };
}
