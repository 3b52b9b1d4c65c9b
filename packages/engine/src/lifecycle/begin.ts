import { change } from '../decisions/change.ts';
import { beginInConversation, startFromLine } from '../decisions/conversation.ts';
import { commitAndWake } from './commit.ts';
import type { Engine } from './dependencies.ts';
import { inTurn } from './in-turn.ts';

/**
 * A job with a later start joins its conversation's line when it is due. Many of one conversation may be due at once:
 * they join one after the other, since each of their commits would make the others' fail.
 */
export async function begin(engine: Engine, jobId: string): Promise<void> {
  const job = await engine.store.readJob(jobId);
  if (job === undefined) return;
  await inTurn(engine, job.conversation, async () => ({ result: await join(engine, jobId) }));
}

async function join(engine: Engine, jobId: string): Promise<void> {
  for (;;) {
    const job = await engine.store.readJob(jobId);
    if (job?.phase.name !== 'scheduled') return;
    const before = await engine.store.readConversation(job.conversation);
    if (before === undefined) return;
    const place = beginInConversation(before, job.id);
    const begun =
      place.kind === 'starts'
        ? startFromLine(job, engine.now())
        : change(job, { patch: { phase: { name: 'lined' } } });
    const conversation = { before, after: place.conversation };
    if (await commitAndWake(engine, { jobs: [begun], conversation })) return;
  }
}
