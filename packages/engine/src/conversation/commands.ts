import { commitAndWake, startNext } from '../commit/commit-and-wake.ts';
import type { Engine } from '../commit/engine.ts';
import { releaseClaims } from './conversation.ts';

/** Calls that can't be in flight any more hold nothing. */
export async function releaseTimedOutClaims(engine: Engine, id: string): Promise<void> {
  const isOver = (_: string, until: number) => until <= engine.now();
  for (;;) {
    const before = await engine.store.readConversation(id);
    if (before === undefined) return;
    if (!Object.entries(before.holds).some(([claim, until]) => isOver(claim, until))) return;
    const after = releaseClaims(before, isOver);
    const jobs = await startNext(engine, { before, after });
    if (
      jobs !== undefined &&
      (await commitAndWake(engine, { jobs, conversation: { before, after } }))
    ) {
      return;
    }
  }
}
