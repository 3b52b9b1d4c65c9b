import type { RedisConnection } from '@pawl/runtime';

type Listener = (message: string) => void;

/** Channels of one subscriber connection, each subscribed for as long as somebody listens. */
export function createChangeFeed(subscriber: RedisConnection) {
  const listeners = new Map<string, Set<Listener>>();
  subscriber.on('message', (channel: string, message: string) => {
    for (const listener of listeners.get(channel) ?? []) listener(message);
  });

  return {
    /** Resolves once messages arrive for certain; call the answer to stop listening. */
    async listen(channel: string, listener: Listener): Promise<() => Promise<void>> {
      const known = listeners.get(channel);
      if (known === undefined) listeners.set(channel, new Set([listener]));
      else known.add(listener);
      const stop = async () => {
        const remaining = listeners.get(channel);
        remaining?.delete(listener);
        if (remaining?.size !== 0) return;
        listeners.delete(channel);
        await subscriber.unsubscribe(channel);
      };
      try {
        await subscriber.subscribe(channel);
      } catch (error) {
        await stop().catch(() => undefined);
        throw error;
      }
      return stop;
    },
  };
}

export type ChangeFeed = ReturnType<typeof createChangeFeed>;
