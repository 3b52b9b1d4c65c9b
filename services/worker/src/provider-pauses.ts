import type { PawlStore } from '@pawl/store';

/**
 * Which providers of models have asked to wait. What all workers know of each other is kept here too, so that a model
 * call asks Redis nothing where nothing is paused.
 */
export interface ProviderPauses {
  /** When the provider's pause ends, in milliseconds since 1970; undefined: it is not paused. */
  until(provider: string): number | undefined;
  /** Pauses it for every worker; answers the end. Should Redis not answer, it is paused here alone. */
  pause(provider: string, until: number): Promise<number>;
  /** Learns what was told while nobody heard. */
  refresh(): Promise<void>;
  stop(): Promise<void>;
}

type PauseStore = Pick<
  PawlStore,
  'pauseProvider' | 'readProviderPauses' | 'listenToProviderPauses'
>;

/** Begins to listen, and knows what is paused already. */
export async function createProviderPauses(
  store: PauseStore,
  now: () => number,
): Promise<ProviderPauses> {
  const ends = new Map<string, number>();
  const learn = (provider: string, until: number) => {
    if (until > Math.max(now(), ends.get(provider) ?? 0)) ends.set(provider, until);
  };
  const stop = await store.listenToProviderPauses(learn);
  const pauses: ProviderPauses = {
    until(provider) {
      const until = ends.get(provider);
      if (until === undefined || until > now()) return until;
      ends.delete(provider);
      return undefined;
    },
    async pause(provider, until) {
      learn(provider, until);
      const stored = await store.pauseProvider(provider, until, now()).catch(() => until);
      learn(provider, stored);
      return stored;
    },
    async refresh() {
      for (const provider of ends.keys()) pauses.until(provider);
      for (const [provider, until] of await store.readProviderPauses()) learn(provider, until);
    },
    stop,
  };
  await pauses.refresh();
  return pauses;
}
