import type { Lookup } from '@pawl/engine';
import { describe, expect, it } from 'vitest';
import { createLookupCache } from './lookup-cache.ts';

const found = (value: number): Lookup<number> => ({ kind: 'found', value });
const failed: Lookup<number> = {
  kind: 'transient',
  failure: { code: 'x', message: 'x', retryable: true },
};

function counting(...answers: Lookup<number>[]) {
  let calls = 0;
  return {
    load: () => Promise.resolve(answers[calls++] ?? failed),
    calls: () => calls,
  };
}

describe('the cache of look-ups', () => {
  it('shares one look-up among callers that ask at once, and keeps what was found', async () => {
    const cache = createLookupCache<number>({ max: 10, ttl: 60_000 });
    const { load, calls } = counting(found(1), found(2));
    await Promise.all([cache.get('a', load), cache.get('a', load)]);
    expect(await cache.get('a', load)).toEqual(found(1));
    expect(calls()).toBe(1);
  });

  it('keeps no failure', async () => {
    const cache = createLookupCache<number>({ max: 10, ttl: 60_000 });
    const { load } = counting(failed, found(2));
    await cache.get('a', load);
    expect(await cache.get('a', load)).toEqual(found(2));
  });

  it('keeps no value that is not worth it', async () => {
    const cache = createLookupCache<number>({ max: 10, ttl: 60_000, keep: (value) => value > 1 });
    const { load } = counting(found(1), found(2), found(3));
    await cache.get('a', load);
    await cache.get('a', load);
    expect(await cache.get('a', load)).toEqual(found(2));
  });

  it('asks anew when told to, and keeps the new answer', async () => {
    const cache = createLookupCache<number>({ max: 10, ttl: 60_000 });
    const { load } = counting(found(1), found(2));
    await cache.get('a', load);
    await cache.refresh('a', load);
    expect(await cache.get('a', load)).toEqual(found(2));
  });

  it('does not keep a look-up that was forgotten while it was under way', async () => {
    const cache = createLookupCache<number>({ max: 10, ttl: 60_000 });
    const { load } = counting(found(1), found(2));
    const first = cache.get('a', load);
    cache.forget('a');
    expect(await first).toEqual(found(1));
    expect(await cache.get('a', load)).toEqual(found(2));
  });
});
