import type { Lookup } from '@pawl/engine';
import { describe, expect, it } from 'vitest';
import { createRememberedLookup } from './remembered-lookup.ts';

const found = (value: number): Lookup<number> => ({ kind: 'found', value });
const stale = (value: number) => ({ kind: 'found', value, stale: true });
const failed: Lookup<number> = {
  kind: 'transient',
  failure: { code: 'away', message: 'away', retryable: true },
};
const never = new Promise<never>(() => undefined);

/** A source that answers these in turn, and a clock that stands until it is moved. */
function asking(
  answers: readonly (Lookup<number> | Promise<Lookup<number>>)[],
  patience = { patience: 60_000, firstPatience: 60_000 },
) {
  let time = 1_000;
  let calls = 0;
  const load = async () => {
    calls += 1;
    return (await answers[calls - 1]) ?? failed;
  };
  const settings = { ttl: 60_000, rest: 5_000, ...patience, now: () => time };
  return {
    lookUp: createRememberedLookup(load, settings),
    calls: () => calls,
    pass: (milliseconds: number) => (time += milliseconds),
  };
}

describe('a remembered look-up', () => {
  it('asks once for all who ask at once, and again when the answer is old', async () => {
    const { lookUp, calls, pass } = asking([found(1), found(2)]);
    expect(await Promise.all([lookUp(), lookUp()])).toEqual([found(1), found(1)]);
    expect(await lookUp()).toEqual(found(1));
    expect(calls()).toBe(1);
    pass(60_000);
    expect(await lookUp()).toEqual(found(2));
  });

  it('answers what it knew, and says so, where the source is away', async () => {
    const { lookUp, pass } = asking([found(1), failed, found(3)]);
    await lookUp();
    pass(60_000);
    expect(await lookUp()).toEqual(stale(1));
    pass(5_000);
    expect(await lookUp()).toEqual(found(3));
  });

  it('remembers a failure, so that nobody waits for the source meanwhile', async () => {
    const { lookUp, calls, pass } = asking([failed, found(2)]);
    expect(await lookUp()).toEqual(failed);
    pass(4_999);
    expect(await lookUp()).toEqual(failed);
    expect(calls()).toBe(1);
    pass(1);
    expect(await lookUp()).toEqual(found(2));
  });

  it('does not wait for a source that hangs where it knows an answer', async () => {
    const { lookUp, pass } = asking([found(1), never], { patience: 1, firstPatience: 60_000 });
    await lookUp();
    pass(60_000);
    expect(await lookUp()).toEqual(stale(1));
  });

  it('waits for a first answer for a while, together: who comes later does not wait from the start', async () => {
    const { lookUp, pass } = asking([never], { patience: 60_000, firstPatience: 10_000 });
    const first = lookUp();
    pass(10_000);
    expect(await lookUp()).toMatchObject({ failure: { code: 'scalekit_timeout' } });
    void first;
  });
});
