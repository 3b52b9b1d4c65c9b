import { getEventListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import { withEither } from './deadline.ts';

describe('work with a signal that aborts with either of two', () => {
  it.each(['first', 'second'] as const)('aborts with the %s, for its reason', async (which) => {
    const both = { first: new AbortController(), second: new AbortController() };
    const reason = await withEither(both.first.signal, both.second.signal, async (signal) => {
      expect(signal.aborted).toBe(false);
      both[which].abort(new Error(which));
      return signal.reason as unknown;
    });
    expect(reason).toEqual(new Error(which));
  });

  it('is aborted at its beginning where one of them is', async () => {
    const aborted = AbortSignal.abort(new Error('over'));
    const reason = await withEither(
      new AbortController().signal,
      aborted,
      async (signal) => signal.reason as unknown,
    );
    expect(reason).toEqual(new Error('over'));
  });

  it('leaves nothing at either, whether the work succeeds or fails', async () => {
    const [task, process] = [new AbortController(), new AbortController()];
    const listeners = () =>
      [task, process].flatMap(({ signal }) => getEventListeners(signal, 'abort'));
    await withEither(task.signal, process.signal, async () => {
      expect(listeners()).toHaveLength(2);
    });
    const failing = withEither(task.signal, process.signal, async () => {
      throw new Error('failed');
    });
    await expect(failing).rejects.toThrow('failed');
    expect(listeners()).toEqual([]);
  });
});
