import type { JobState } from '@pawl/contracts';
import type { Response } from 'express';
import type { Gateway } from '../gateway.ts';

export interface Wait {
  readonly job: string;
  readonly tenant: string;
  readonly until: (job: JobState) => boolean;
  /** The only statuses in which it may be so; absent: any. */
  readonly statuses?: ReadonlySet<string> | undefined;
  readonly seconds: number;
  /** A client that goes away waits no longer. */
  readonly response: Response;
}

/**
 * How a wait ended: the job may be as wanted or not, unless nobody listens any more. `full`: there was no place, or it
 * was given to a tenant with fewer.
 */
export type WaitOutcome = 'over' | 'disconnected' | 'full';

/**
 * Lets a bounded number of requests wait for changes of jobs. Who is alone may have every place; once all are taken, a
 * tenant with fewer places than another gets the one that this other has had for longest.
 */
export function createWaitingRoom({ engine: { store }, settings, closing }: Gateway) {
  const places = createPlaces(settings.waiters);
  return async ({
    job,
    tenant,
    until,
    statuses,
    seconds,
    response,
  }: Wait): Promise<WaitOutcome> => {
    const place = places.take(tenant);
    if (place === undefined) return 'full';
    const over = new AbortController();
    const end = () => over.abort();
    // Not AbortSignal.timeout within AbortSignal.any: Node 20 may collect it, and the wait would never end.
    const timer = setTimeout(end, seconds * 1_000);
    response.once('close', end);
    for (const signal of [place.signal, closing]) signal.addEventListener('abort', end);
    if (response.destroyed || closing.aborted) end();
    try {
      const change = store.waitForChange(job, {
        until,
        statuses,
        timeout: seconds * 1_000,
        signal: over.signal,
      });
      // While Redis is away the subscription itself waits: the client does not.
      await Promise.race([change, whenAborted(over.signal)]);
      if (response.destroyed) return 'disconnected';
      return place.signal.aborted ? 'full' : 'over';
    } finally {
      clearTimeout(timer);
      places.leave(tenant, place);
      response.off('close', end);
      for (const signal of [place.signal, closing]) signal.removeEventListener('abort', end);
      // The change may still be waited for, while Redis is away.
      end();
    }
  };
}

/** So many places, each aborted should another tenant get it. */
export function createPlaces(most: number) {
  /** The places of each tenant that has any, in the order in which they were taken. */
  const byTenant = new Map<string, Set<AbortController>>();
  let taken = 0;

  function remove(tenant: string, place: AbortController): void {
    const places = byTenant.get(tenant);
    if (places?.delete(place) !== true) return;
    taken -= 1;
    if (places.size === 0) byTenant.delete(tenant);
  }

  /** Takes a place from the tenant that has most, if that leaves it with no fewer than the other then has. */
  function makeRoomFor(tenant: string): boolean {
    const [richest, places] = [...byTenant].reduce<[string, ReadonlySet<AbortController>]>(
      (one, other) => (other[1].size > one[1].size ? other : one),
      ['', new Set()],
    );
    const [oldest] = places;
    if (oldest === undefined || places.size <= (byTenant.get(tenant)?.size ?? 0) + 1) return false;
    remove(richest, oldest);
    oldest.abort();
    return true;
  }

  return {
    /** Undefined: all places are taken, and nobody has more of them than this tenant would. */
    take(tenant: string): AbortController | undefined {
      if (taken >= most && !makeRoomFor(tenant)) return undefined;
      const place = new AbortController();
      const places = byTenant.get(tenant) ?? new Set();
      byTenant.set(tenant, places.add(place));
      taken += 1;
      return place;
    },
    leave: remove,
  };
}

async function whenAborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
