import { setTimeout as pause } from 'node:timers/promises';
import { isRefusedForNow, type Logger } from '@pawl/runtime';

/**
 * Goes on with Redis until Redis takes it. What a worker has learnt after a claim is known to nobody else: a reply that
 * was paid for, what became of a call that writes. While Redis refuses, it is kept in this process, as ioredis keeps a
 * command while the connection is away.
 */
export interface Patience {
  /** The answer of the first attempt, or of the first one after it that Redis does not refuse. */
  persist<Result>(first: Promise<Result>, again: () => Promise<Result>): Promise<Result>;
  /** How many wait to be taken. */
  kept(): number;
}

/** Milliseconds; the rest doubles from the first to the longest, which is short against the time of any lock. */
const firstRest = 50;
const longestRest = 500;

/**
 * Only Redis ends the waiting, or the end of the process: another worker can't know better, since Redis refuses it too.
 * Should it have been first after all, the fence of the commit finds that.
 */
export function createPatience(log: Pick<Logger, 'warn' | 'info'>): Patience {
  let kept = 0;

  async function insist<Result>(again: () => Promise<Result>, refusal: unknown): Promise<Result> {
    kept += 1;
    if (kept === 1) log.warn({ err: refusal }, 'Redis refuses what was learnt: it is kept');
    try {
      for (let rest = firstRest; ; rest = Math.min(2 * rest, longestRest)) {
        // Spread, so that many that are kept do not come in step.
        await pause(rest * (0.5 + Math.random() / 2));
        try {
          return await again();
        } catch (error) {
          if (!isRefusedForNow(error)) throw error;
        }
      }
    } finally {
      kept -= 1;
      if (kept === 0) log.info('Redis has taken what was kept');
    }
  }

  return {
    kept: () => kept,
    async persist(first, again) {
      try {
        return await first;
      } catch (error) {
        if (!isRefusedForNow(error)) throw error;
        return insist(again, error);
      }
    },
  };
}

/** The same object, whose functions persist where they answer with a promise. */
export function persistent<Target extends object>(target: Target, patience: Patience): Target {
  return new Proxy(target, {
    get(whole, name, receiver) {
      const value: unknown = Reflect.get(whole, name, receiver);
      if (typeof value !== 'function') return value;
      return (...parameters: unknown[]): unknown => {
        const call = (): unknown => Reflect.apply(value, whole, parameters);
        const answer = call();
        return answer instanceof Promise ? patience.persist(answer, async () => call()) : answer;
      };
    },
  });
}
