import { unguarded } from '@pawl/engine';
import type { JobState } from '@pawl/contracts';
import { cancelJob, expireJob, reopenJob, type Engine } from '@pawl/engine';
import { createGate, testRedis } from '@pawl/testing';
import { expect, test } from 'vitest';
import { callTool } from '../src/call-tool.ts';
import { startCallsByHand } from './harness/calls-by-hand.ts';

const byHand = await startCallsByHand(testRedis());

/** Claims the job's call, and makes it once it is let go. */
async function heldCall(job: JobState) {
  const [begun, letGo] = [createGate(), createGate()];
  const worker = byHand.newWorker({
    tools: {
      ...byHand.tools,
      async execute(invocation, signal) {
        begun.open();
        await letGo.opened;
        return byHand.tools.execute(invocation, signal);
      },
    },
  });
  const returned = callTool(worker, await byHand.taskOf(job), unguarded);
  await begun.opened;
  return async () => {
    letGo.open();
    await returned;
  };
}

/** This long after the jobs' deadline. */
const later: Engine = { ...byHand.engine, now: () => Date.now() + 4_000_000 };

test.each([
  ['the first', 'comes back first', [0, 1]],
  ['the last', 'comes back first', [1, 0]],
] as const)(
  'of two claims of one call in flight, %s %s: the next job waits for both (invariant 6)',
  async (name, _, [one, other]) => {
    const job = await byHand.post({ onUnknownOutcome: 'retry' });
    const next = await byHand.post({ conversation: job.conversation });
    await byHand.askForCall(job, { to: `${name.replace(' ', '-')}@example.com` });
    const release = [await heldCall(job), await heldCall(job)] as const;
    await cancelJob(byHand.engine, job.id, 'api');
    await release[one]();
    expect(await byHand.stored(next.id)).toMatchObject({ phase: { name: 'lined' } });
    await release[other]();
    expect(await byHand.stored(next.id)).toMatchObject({ phase: { name: 'turn' } });
    const late = await byHand.store.readSteps(job.id);
    expect(late.filter(({ kind }) => kind === 'late_outcome')).toHaveLength(2);
  },
);

test('an outcome that lands while its job is opened again settles the call: nobody is asked (invariant 5)', async () => {
  const job = await byHand.post();
  await byHand.askForCall(job, { to: 'landed@example.com' });
  const release = await heldCall(job);
  await expireJob(later, job.id);
  let hasLanded = false;
  const store = {
    ...byHand.store,
    async readSteps(id: string) {
      const steps = await byHand.store.readSteps(id);
      if (!hasLanded) await release();
      hasLanded = true;
      return steps;
    },
  };
  const outcome = await reopenJob({ ...byHand.engine, store }, job.id, {});
  expect(outcome.kind).toBe('reopened');
  expect(byHand.sentTo('landed@example.com')).toBe(1);
  expect(await byHand.stored(job.id)).toMatchObject({ turn: 1, phase: { name: 'turn' } });
});

test('an outcome that lands after its job was opened again settles the call, too', async () => {
  const job = await byHand.post();
  await byHand.askForCall(job, { to: 'landed-after@example.com' });
  const release = await heldCall(job);
  await expireJob(later, job.id);
  await reopenJob(byHand.engine, job.id, {});
  await release();
  expect(await byHand.stored(job.id)).toMatchObject({ turn: 1, phase: { name: 'turn' } });
});
