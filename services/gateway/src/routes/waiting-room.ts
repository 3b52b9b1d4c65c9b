import { type JobState, ShortLivedSet } from '@pawl/contracts';
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
  const waiting = new ShortLivedSet<AbortController>();
  closing.addEventListener('abort', () => {
    for (const controller of waiting) controller.abort(ended);
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
    const { controller } = place;
    const end = () => controller.abort(ended);
    const stopWaiting = waiting.add(controller);
    response.once('close', end);
    if (response.destroyed || closing.aborted) end();
    const { signal } = controller;
    try {
      const timeout = seconds * 1_000;
      const change = await store.waitForChange(job, { until, statuses, timeout, signal });
      if (response.destroyed) return { kind: 'disconnected' };
      const isLost = signal.aborted && signal.reason !== ended;
      return isLost && change.kind === 'over' ? { kind: 'full' } : change;
    } finally {
      place.leave();
      stopWaiting();
      response.off('close', end);
    }
  };
}

/** A place that a tenant has. */
export interface Place {
  /** Its signal is aborted should another tenant get the place. */
  readonly controller: AbortController;
  /** It is free again. */
  leave(): void;
}

/** So many places. */
export function createPlaces(most: number) {
  /** The places of each tenant that has any, in the order in which they were taken. */
  const byTenant = new Map<string, ShortLivedSet<Place>>();
  let taken = 0;

  /** Takes a place from the tenant that has most, if that leaves it with no fewer than the other then has. */
  function makeRoomFor(tenant: string): boolean {
    const [richest] = [...byTenant.values()].toSorted((one, other) => other.size - one.size);
    const [oldest] = richest ?? [];
    const own = byTenant.get(tenant)?.size ?? 0;
    if (richest === undefined || oldest === undefined || richest.size <= own + 1) return false;
    oldest.leave();
    oldest.controller.abort();
    return true;
  }

  return {
    /** Undefined: all places are taken, and nobody has more of them than this tenant would. */
    take(tenant: string): Place | undefined {
      if (taken >= most && !makeRoomFor(tenant)) return undefined;
      const places = byTenant.get(tenant) ?? new ShortLivedSet<Place>();
      byTenant.set(tenant, places);
      let isLeft = false;
      const place: Place = {
        controller: new AbortController(),
        leave() {
          if (isLeft) return;
          isLeft = true;
          remove();
          taken -= 1;
          if (places.size === 0) byTenant.delete(tenant);
        },
      };
      const remove = places.add(place);
      taken += 1;
      return place;
    },
  };
}
