import type { JobState } from '@pawl/contracts';
import { testRedis } from '@pawl/testing';
import { expect, test } from 'vitest';
import { createProviderPauses } from '../src/provider-pauses.ts';
import { startTestWorker } from './harness/start-test-worker.ts';

const worker = await startTestWorker(testRedis());
const { store, control } = worker;

const asked = (text: string) =>
  control.modelRequests().items.filter(({ prompt }) => prompt.includes(text));

function limit(provider: string, retryAfterSeconds: number): void {
  control.addFault({
    match: { operation: 'model', provider },
    effect: { kind: 'rate_limited', scope: 'provider', retryAfterSeconds },
  });
}

/** A job whose turn was claimed, and given back. */
const waits = ({ phase, startedAt }: JobState) =>
  startedAt !== undefined && phase.name === 'turn' && phase.step.status === 'ready';

function stepOf({ phase }: JobState) {
  if (phase.name !== 'turn' || phase.step.status !== 'ready') throw new Error('it does not wait');
  return phase.step;
}

test('a provider that asks everybody to wait is asked nothing until then, and nothing else waits', async () => {
  limit('tired', 365 * 86_400);
  const post = (prompt: string, model: string, others: string[] = []) =>
    worker.post({ prompt, model, fallback_models: others, connections: [] });
  const before = Date.now();
  const first = await post('Is refused.', 'tired/one');
  const refused = stepOf(await worker.until(first, waits));
  const second = await post('Is not asked.', 'tired/two');
  const paused = stepOf(await worker.until(second, waits));
  const { longest, spread } = worker.engine.rules.providerPause;
  for (const { attempts, notBefore } of [refused, paused]) {
    expect(attempts).toBe(0);
    expect(notBefore).toBeGreaterThanOrEqual(before + longest);
    expect(notBefore).toBeLessThanOrEqual(Date.now() + longest + spread);
  }
  const other = await post('Asks another.', 'awake/one');
  const fallback = await post('Falls back.', 'tired/one', ['tired/three', 'awake/two']);
  expect(await worker.ended(other)).toMatchObject({ status: 'completed' });
  expect(await worker.ended(fallback)).toMatchObject({ status: 'completed' });
  expect(asked('Falls back.').map(({ model }) => model)).toEqual(['awake/two']);
  expect(asked('Is refused.')).toHaveLength(1);
  expect(asked('Is not asked.')).toEqual([]);
});

test('the one that was refused goes on with another provider’s model at once', async () => {
  limit('busy', 600);
  const prompt = 'Is refused, and goes on.';
  const fallbacks = { fallback_models: ['busy/two', 'quick/one'], connections: [] };
  const id = await worker.post({ prompt, model: 'busy/one', ...fallbacks });
  expect(await worker.ended(id)).toMatchObject({ status: 'completed' });
  expect(asked(prompt).map(({ model }) => model)).toEqual(['busy/one', 'quick/one']);
});

test('jobs go on when the pause is over, and only who was refused has tried twice', async () => {
  limit('brief', 1);
  const [one, two] = ['Waits a moment.', 'Waits as well.'];
  const first = await worker.post({ prompt: one, model: 'brief/one', connections: [] });
  await worker.until(first, waits);
  const second = await worker.post({ prompt: two, model: 'brief/one', connections: [] });
  for (const [id, tries] of [
    [first, 2],
    [second, 1],
  ] as const) {
    expect(await worker.ended(id)).toMatchObject({ status: 'completed' });
    expect(await worker.steps(id)).toMatchObject([{ type: 'turn', attempts: tries }]);
  }
  expect(asked(one)).toHaveLength(2);
});

test('a limit of one model keeps no other model of the provider waiting', async () => {
  control.addFault({
    match: { operation: 'model', model: 'fair/one' },
    effect: { kind: 'rate_limited', scope: 'model', retryAfterSeconds: 600 },
  });
  const [one, two] = ['Asks the limited model.', 'Asks the other model.'];
  const limited = await worker.post({ prompt: one, model: 'fair/one', connections: [] });
  expect(stepOf(await worker.until(limited, waits)).attempts).toBe(1);
  const other = await worker.post({ prompt: two, model: 'fair/two', connections: [] });
  expect(await worker.ended(other)).toMatchObject({ status: 'completed' });
});

test('what one worker learns, all know: at once, after a start, and after a while where nothing was heard', async () => {
  let now = 1_000_000;
  const clock = () => now;
  const one = await createProviderPauses(store, clock);
  const two = await createProviderPauses(store, clock);
  const deaf = await createProviderPauses(
    { ...store, listenToProviderPauses: async () => async () => undefined },
    clock,
  );
  const until = Date.now() + 3_600_000;
  expect(await one.pause('shared', until)).toBe(until);
  expect(await two.pause('shared', until - 1_000)).toBe(until);
  await expect.poll(() => two.until('shared')).toBe(until);
  expect(deaf.until('shared')).toBeUndefined();
  await deaf.refresh();
  expect(deaf.until('shared')).toBe(until);
  const late = await createProviderPauses(store, clock);
  expect(late.until('shared')).toBe(until);
  now = until;
  expect(one.until('shared')).toBeUndefined();
  for (const pauses of [one, two, late]) await pauses.stop();
});
