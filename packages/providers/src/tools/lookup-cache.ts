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

/** `ttl` in milliseconds. Look-ups answer their failures and never reject. `keep` says which found values are worth keeping. */
export function createLookupCache<Value>({
  max,
  ttl,
  keep = () => true,
}: {
  max: number;
  ttl: number;
  keep?: (value: Value) => boolean;
}): LookupCache<Value> {
  const lookups = new LRUCache<string, Promise<Lookup<Value>>>({ max, ttl: Math.max(1, ttl) });

  function refresh(key: string, load: () => Promise<Lookup<Value>>): Promise<Lookup<Value>> {
    // What isn't kept is dropped before anybody reads it, so that the next question is asked.
    const lookup: Promise<Lookup<Value>> = load().then((answer) => {
      const kept = answer.kind === 'found' && keep(answer.value);
      if (!kept && lookups.peek(key) === lookup) lookups.delete(key);
      return answer;
    });
    lookups.set(key, lookup);
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
