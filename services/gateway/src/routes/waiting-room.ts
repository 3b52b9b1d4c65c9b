import type { JobState } from '@pawl/contracts';
import type { Change } from '@pawl/store';
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
 * How a wait ended: as the store says, or nobody listens any more. `full`: there was no place, or it was given to a
 * tenant with fewer.
 */
export type WaitOutcome = Change | { readonly kind: 'disconnected' } | { readonly kind: 'full' };

/** Why a wait is ended that has not lost its place. An own reason spares each an error with its stack. */
const ended = 'ended';

/**
 * Lets a bounded number of requests wait for changes of jobs. Who is alone may have every place; once all are taken, a
 * tenant with fewer places than another gets the one that this other has had for longest.
 */
export function createWaitingRoom({ engine: { store }, settings, closing }: Gateway) {
  const places = createPlaces(settings.waiters);
  const waiting = new Set<AbortController>();
  closing.addEventListener('abort', () => {
    for (const place of waiting) place.abort(ended);
  });
  return async ({
    job,
    tenant,
    until,
    statuses,
    seconds,
    response,
  }: Wait): Promise<WaitOutcome> => {
    const place = places.take(tenant);
    if (place === undefined) return { kind: 'full' };
    const end = () => place.abort(ended);
    waiting.add(place);
    response.once('close', end);
    if (response.destroyed || closing.aborted) end();
    const { signal } = place;
    try {
      const timeout = seconds * 1_000;
      const change = await store.waitForChange(job, { until, statuses, timeout, signal });
      if (response.destroyed) return { kind: 'disconnected' };
      const isLost = signal.aborted && signal.reason !== ended;
      return isLost && change.kind === 'over' ? { kind: 'full' } : change;
    } finally {
      places.leave(tenant, place);
      waiting.delete(place);
      response.off('close', end);
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
