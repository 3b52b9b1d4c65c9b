import { EventSubject, StoredEvent } from '@pawl/contracts';
import { StoredDataError } from '@pawl/engine';
import type { RedisConnection } from '@pawl/runtime';
import { z } from 'zod';
import type { Keys } from './keys.ts';
import type { NumberedEvent } from './job-events.ts';

/** The events of one commit of one job, as they stand in the log of a tenant in a shard. */
export interface TenantLogEntry {
  /** Given by Redis, in the order of the commits. */
  readonly entry: string;
  readonly subject: EventSubject;
  readonly events: readonly NumberedEvent[];
}

/** A piece of a log, from an entry on. */
export interface TenantEventsPiece {
  /** Oldest first. The first one is the entry that was asked for, if it is kept. */
  readonly entries: readonly TenantLogEntry[];
  /** True: the entry that was asked for was trimmed, and later ones may have been. */
  readonly isTrimmed: boolean;
  /** True: there may be more after these. */
  readonly isFull: boolean;
}

/** Entries that are read at a time. */
const entriesRead = 100;

const Events = z.array(StoredEvent);

/** Reads of the logs of a tenant: one for each shard, since a commit writes in one shard only. */
export function createTenantEventReads(redis: RedisConnection, keys: Keys) {
  return {
    /** From an entry on, or from the oldest that is kept. */
    async readTenantEvents(
      shard: number,
      tenant: string,
      from: string | undefined,
    ): Promise<TenantEventsPiece> {
      const key = keys.eventsOf(shard, tenant);
      const found = await redis.xrange(key, from ?? '-', '+', 'COUNT', entriesRead);
      return {
        entries: found.map(([entry, fields]) => parseEntry(entry, fields)),
        isTrimmed: from !== undefined && found.length > 0 && found[0]?.[0] !== from,
        isFull: found.length === entriesRead,
      };
    },

    /** The newest entry; undefined where there is none. */
    async newestTenantEntry(shard: number, tenant: string): Promise<TenantLogEntry | undefined> {
      const [newest] = await redis.xrevrange(keys.eventsOf(shard, tenant), '+', '-', 'COUNT', 1);
      return newest === undefined ? undefined : parseEntry(...newest);
    },
  };
}

function parseEntry(entry: string, fields: readonly string[]): TenantLogEntry {
  const named = Object.fromEntries(
    fields.flatMap((field, index) => (index % 2 === 0 ? [[field, fields[index + 1] ?? '']] : [])),
  );
  try {
    const first = Number(named['first']);
    const events = Events.parse(JSON.parse(named['events'] ?? ''));
    return {
      entry,
      subject: EventSubject.parse(JSON.parse(named['subject'] ?? '')),
      events: events.map((event, index) => ({ id: first + index, event })),
    };
  } catch (error) {
    throw new StoredDataError(`the entry ${entry} of a log of events cannot be read`, {
      cause: error,
    });
  }
}
