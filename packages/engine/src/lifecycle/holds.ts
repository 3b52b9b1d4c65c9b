import { holdName, releaseHolds } from '../decisions/conversation.ts';
import { commitAndWake, startNext } from './commit.ts';
import type { Engine } from './dependencies.ts';

/** A call of an ended job has returned: its conversation need not wait for it any more (invariant 6). */
export async function releaseHold(
  engine: Engine,
  conversation: string,
  call: { job: string; turn: number; index: number },
): Promise<void> {
  const name = holdName(call.job, call.turn, call.index);
  await release(engine, conversation, (held) => held === name);
}

/** Calls that can't be in flight any more hold nothing. */
export async function releaseTimedOutHolds(engine: Engine, conversation: string): Promise<void> {
  await release(engine, conversation, (_, until) => until <= engine.now());
}

async function release(
  engine: Engine,
  id: string,
  isOver: (call: string, until: number) => boolean,
): Promise<void> {
  for (;;) {
    const before = await engine.store.readConversation(id);
    if (before === undefined) return;
    if (!Object.entries(before.holds).some(([call, until]) => isOver(call, until))) return;
    const after = releaseHolds(before, isOver);
    const jobs = await startNext(engine, { before, after });
    if (
      jobs !== undefined &&
      (await commitAndWake(engine, { jobs, conversation: { before, after } }))
    ) {
      return;
    }
  }
}
