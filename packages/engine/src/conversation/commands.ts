import { buildCommit } from '../commit/build-commit.ts';
import { commitAndWake } from '../commit/commit-and-wake.ts';
import type { Engine } from '../commit/engine.ts';
import { leaveUnreadable, releaseClaims } from './conversation.ts';

/** Calls that can't be in flight any more hold nothing. */
export async function releaseTimedOutClaims(engine: Engine, id: string): Promise<void> {
  const isOver = (_: string, until: number) => until <= engine.now();
  for (;;) {
    const before = await engine.store.readConversation(id);
    if (before === undefined) return;
    if (!Object.entries(before.holds).some(([claim, until]) => isOver(claim, until))) return;
    const after = releaseClaims(before, isOver);
    const commit = await buildCommit(engine, { conversation: { before, after } });
    if (await commitAndWake(engine, commit)) return;
  }
}

/** Lets the jobs that wait for one that cannot be read go on, once nothing of it can be in flight any more. */
export async function passOverUnreadable(
  engine: Engine,
  { job, conversation: id }: { readonly job: string; readonly conversation: string },
): Promise<void> {
  for (;;) {
    const before = await engine.store.readConversation(id);
    if (before === undefined) return;
    const after = leaveUnreadable(before, { job, until: engine.now() + engine.rules.toolTimeout });
    const commit = await buildCommit(engine, { conversation: { before, after } });
    if (await commitAndWake(engine, commit)) return;
  }
}
