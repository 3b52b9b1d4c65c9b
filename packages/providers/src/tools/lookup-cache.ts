import type { Lookup } from '@pawl/engine';
import { LRUCache } from 'lru-cache';

/** Found values for a short time. Callers that ask at once share one look-up; failures are not kept. */
export interface LookupCache<Value> {
  get(key: string, load: () => Promise<Lookup<Value>>): Promise<Lookup<Value>>;
  /** Asks anew, and keeps the answer. */
  refresh(key: string, load: () => Promise<Lookup<Value>>): Promise<Lookup<Value>>;
  /** A look-up that is under way answers its callers, but is not kept. */
  forget(key: string): void;
}

/**
 * `ttl` in milliseconds. Look-ups answer their failures and never reject. `keep` says which found values are worth
 * keeping, `sizeOf` how much of `maxSize` they take, which is what all of them may take.
 */
export function createLookupCache<Value>({
  max,
  ttl,
  keep = () => true,
  maxSize = max,
  sizeOf = () => 1,
}: {
  max: number;
  ttl: number;
  keep?: (value: Value) => boolean;
  maxSize?: number;
  sizeOf?: (value: Value) => number;
}): LookupCache<Value> {
  const lookups = new LRUCache<string, Promise<Lookup<Value>>>({
    max,
    maxSize,
    ttl: Math.max(1, ttl),
  });

  function refresh(key: string, load: () => Promise<Lookup<Value>>): Promise<Lookup<Value>> {
    // What isn't kept is dropped before anybody reads it, so that the next question is asked.
    const lookup: Promise<Lookup<Value>> = load().then((answer) => {
      if (lookups.peek(key) !== lookup) return answer;
      if (answer.kind === 'found' && keep(answer.value)) {
        lookups.set(key, lookup, { size: Math.max(1, sizeOf(answer.value)) });
      } else lookups.delete(key);
      return answer;
    });
    lookups.set(key, lookup, { size: 1 });
    return lookup;
  }

  return {
    get: (key, load) => lookups.get(key) ?? refresh(key, load),
    refresh,
    forget: (key) => {
      lookups.delete(key);
    },
  };
}
