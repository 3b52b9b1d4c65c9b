import { setTimeout as pause } from 'node:timers/promises';
import type { Lookup, LookupFailure } from '@pawl/engine';

/** Times are milliseconds. */
export interface RememberedLookupSettings {
  /** How long what was found counts as true. Afterwards it is asked for anew. */
  readonly ttl: number;
  /** How long a failure is remembered: nobody asks meanwhile. */
  readonly rest?: number;
  /** How long a caller waits for a new answer where there is an old one. */
  readonly patience?: number;
  /** How long callers wait for the first answer, from the question on. */
  readonly firstPatience?: number;
  readonly now?: () => number;
}

/**
 * One question whose last answer is kept for as long as there is no newer one: callers wait for a source that is away
 * once, and then no longer than `patience`. An old value that could not be confirmed is answered as `stale`.
 *
 * @param load answers its failures, and never rejects
 */
export function createRememberedLookup<Value>(
  load: () => Promise<Lookup<Value>>,
  {
    ttl,
    rest = 5_000,
    patience = 200,
    firstPatience = 2_000,
    now = () => performance.now(),
  }: RememberedLookupSettings,
): () => Promise<Lookup<Value>> {
  let found: { readonly value: Value; readonly at: number } | undefined;
  let failed: { readonly failure: LookupFailure; readonly at: number } | undefined;
  let asked: { readonly answer: Promise<unknown>; readonly at: number } | undefined;

  function known(): Lookup<Value> | undefined {
    if (found === undefined) return failed?.failure;
    const isStale = failed !== undefined || asked !== undefined;
    return { kind: 'found', value: found.value, ...(isStale ? { stale: true } : {}) };
  }

  function isFresh(): boolean {
    if (failed !== undefined) return now() - failed.at < rest;
    return found !== undefined && now() - found.at < ttl;
  }

  async function learn(): Promise<void> {
    const lookup = await load();
    asked = undefined;
    if (lookup.kind === 'found') {
      found = { value: lookup.value, at: now() };
      failed = undefined;
    } else failed = { failure: lookup, at: now() };
  }

  return async () => {
    if (isFresh()) return known() ?? notYet;
    asked ??= { answer: learn(), at: now() };
    const { answer, at } = asked;
    const isFirst = known() === undefined;
    await noLongerThan(isFirst ? at + firstPatience - now() : patience, answer);
    return known() ?? notYet;
  };
}

const notYet: LookupFailure = {
  kind: 'transient',
  failure: {
    code: 'scalekit_timeout',
    message: 'Scalekit has not answered yet.',
    retryable: true,
  },
};

async function noLongerThan(milliseconds: number, work: Promise<unknown>): Promise<void> {
  if (milliseconds <= 0) return;
  const settled = new AbortController();
  const timeUp = pause(milliseconds, undefined, { signal: settled.signal, ref: false });
  await Promise.race([work, timeUp.catch(() => undefined)]);
  settled.abort();
}
