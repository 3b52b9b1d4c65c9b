import { change } from '../decisions/change.ts';
import { enterConversation, startFromLine } from '../decisions/conversation.ts';
import { commitAndWake } from './commit.ts';
import type { Engine } from './dependencies.ts';

/** A job with a later start joins its conversation's line when it is due; it was admitted, so no line is too long. */
export async function begin(engine: Engine, jobId: string): Promise<void> {
  for (;;) {
    const job = await engine.store.readJob(jobId);
    if (job?.phase.name !== 'scheduled') return;
    const before = await engine.store.readConversation(job.conversation);
    if (before === undefined) return;
    const rules = { ...engine.rules, conversationLine: Number.POSITIVE_INFINITY };
    const entry = enterConversation(before, job.id, 'queue', rules);
    if (entry.kind === 'busy' || entry.kind === 'full') return;
    const begun =
      entry.kind === 'starts'
        ? startFromLine(job, engine.now())
        : change(job, { patch: { phase: { name: 'lined' } } });
    const conversation = { before, after: entry.conversation };
    if (await commitAndWake(engine, { jobs: [begun], conversation })) return;
  }
}
