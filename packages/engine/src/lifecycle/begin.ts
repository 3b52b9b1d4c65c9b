import { change } from '../decisions/change.ts';
import { joinConversation, startFromLine } from '../decisions/conversation.ts';
import { commitAndWake } from './commit.ts';
import type { Engine } from './dependencies.ts';

/** A job with a later start joins its conversation's line when it is due. */
export async function begin(engine: Engine, jobId: string): Promise<void> {
  for (;;) {
    const job = await engine.store.readJob(jobId);
    if (job?.phase.name !== 'scheduled') return;
    const before = await engine.store.readConversation(job.conversation);
    if (before === undefined) return;
    const place = joinConversation(before, job.id, 'last');
    const begun =
      place.kind === 'starts'
        ? startFromLine(job, engine.now())
        : change(job, { patch: { phase: { name: 'lined' } } });
    const conversation = { before, after: place.conversation };
    if (await commitAndWake(engine, { jobs: [begun], conversation })) return;
  }
}
