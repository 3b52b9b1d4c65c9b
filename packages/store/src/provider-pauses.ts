import type { RedisConnection } from '@pawl/runtime';
import type { ChangeFeed } from './changes.ts';
import type { Keys } from './keys.ts';
import { loadScript, runScript } from './script.ts';

const script = loadScript('pause-provider');

/** Names come from requests: more than so many providers are not paused at a time. */
const mostProviders = 1_000;

/** Providers of models that have asked to wait, for all workers to see. Times are milliseconds since 1970. */
export function createProviderPauses(redis: RedisConnection, keys: Keys, feed: ChangeFeed) {
  return {
    /** The longer one of this pause and one that is known already. */
    async pauseProvider(provider: string, until: number, now: number): Promise<number> {
      const values = [provider, until, now, keys.providerPauses(), mostProviders];
      return Number(await runScript(redis, script, [keys.providerPauses()], values));
    },

    /** Every pause that may not be over. */
    async readProviderPauses(): Promise<ReadonlyMap<string, number>> {
      const stored = Object.entries(await redis.hgetall(keys.providerPauses()));
      return new Map(stored.map(([provider, until]) => [provider, Number(until)]));
    },

    /** Calls the listener with every pause from now on. */
    listenToProviderPauses: (listener: (provider: string, until: number) => void) =>
      feed.listen(keys.providerPauses(), (message) => {
        const [, until, provider] = /^(\d{1,16}) (.*)$/s.exec(message) ?? [];
        if (until !== undefined && provider !== undefined) listener(provider, Number(until));
      }),
  };
}
