import { setTimeout as delay } from 'node:timers/promises';
import { isRedisUnavailable } from '@pawl/runtime';
import type { SharedLog } from '@pawl/store';
import type { EventConnection } from './event-connection.ts';

/** Redis is asked again after so long, and up to twice as long. Milliseconds. */
const patience = 1_000;

/**
 * Reads for a connection. While Redis is away the client keeps its connection: a browser that is refused once does not
 * come back. Undefined: the connection was over first.
 */
export async function readPatiently<Value>(
  { over }: Pick<EventConnection, 'over'>,
  read: () => Promise<Value>,
): Promise<Value | undefined> {
  while (!over.aborted) {
    try {
      return await read();
    } catch (error) {
      if (!isRedisUnavailable(error)) throw error;
      await delay(patience * (1 + Math.random()), undefined, { signal: over }).catch(() => {});
    }
  }
  return undefined;
}

/** What tells its changes for as long as it is open. */
type Followed = Pick<SharedLog<never, unknown>, 'onChange' | 'close'>;

/** Uses logs for as long as `use` runs; each change wakes the connection. */
export async function withLogs<Log extends Followed>(
  connection: EventConnection,
  following: readonly Promise<Log>[],
  use: (logs: readonly Log[]) => Promise<void>,
): Promise<void> {
  const opened = Promise.all(following);
  try {
    // While Redis is away the subscription waits, and the client may leave.
    const logs = await Promise.race([opened, aborted(connection.over)]);
    if (logs === undefined) return;
    const stops = logs.map((log) => log.onChange(connection.wake));
    try {
      await use(logs);
    } finally {
      for (const stop of stops) stop();
    }
  } finally {
    void closeAll(following);
  }
}

async function closeAll(following: readonly Promise<Followed>[]): Promise<void> {
  const opened = await Promise.allSettled(following);
  const logs = opened.flatMap((log) => (log.status === 'fulfilled' ? [log.value] : []));
  await Promise.allSettled(logs.map((log) => log.close()));
}

function aborted(signal: AbortSignal): Promise<undefined> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(undefined);
    else signal.addEventListener('abort', () => resolve(undefined), { once: true });
  });
}
