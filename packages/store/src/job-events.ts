import { JobState, StoredEvent } from '@pawl/contracts';
import type { RedisConnection } from '@pawl/runtime';
import type { Keys } from './keys.ts';
import { parseStored } from './record-format.ts';

/** As commit.lua has them: events in one field of the log, and how many fields are kept. */
const eventsInPart = 16;
const partsKept = 128;

/** Fields that are read at a time. */
const partsRead = 8;

export interface NumberedEvent {
  /** Counts the events of the job from 1 on. */
  readonly id: number;
  readonly event: StoredEvent;
}

/** A piece of a job's log, and the job as it was at the end of the log. */
export interface JobEventsPiece {
  readonly job: JobState;
  /** The number of the log's last event; 0: it has none. */
  readonly last: number;
  /** Without gaps. Where it does not begin right after the event that was asked for, those in between are not kept. */
  readonly events: readonly NumberedEvent[];
}

/** Reads of the log that a job's commits have written. */
export function createJobEventReads(redis: RedisConnection, keys: Keys) {
  /** What came after the event of this number; undefined where there is no such job. */
  async function readJobEvents(id: string, after: number): Promise<JobEventsPiece | undefined> {
    const first = Math.floor(after / eventsInPart);
    const names = Array.from({ length: partsRead }, (_, index) => `events:${first + index}`);
    const found = await redis.hmget(keys.job(id), 'state', 'events', ...names);
    const [state, count, ...parts] = found;
    if (typeof state !== 'string') return undefined;
    const last = Number(count ?? 0);
    const firstKept = Math.max(0, Math.floor((last - 1) / eventsInPart) - partsKept + 1);
    if (first < firstKept) return readJobEvents(id, firstKept * eventsInPart);
    const events = parts.flatMap((part, index) =>
      linesOf(part ?? '').map((line, place) => ({
        id: (first + index) * eventsInPart + place + 1,
        event: parseStored(StoredEvent, line, `an event of job ${id}`),
      })),
    );
    // Nothing is left of these fields, which should not be: the reader is told what it misses.
    const next = (first + partsRead) * eventsInPart;
    if (events.length === 0 && next < last) return readJobEvents(id, next);
    return {
      job: parseStored(JobState, state, `job ${id}`),
      last,
      events: events.filter((event) => event.id > after),
    };
  }

  return { readJobEvents };
}

function linesOf(part: string): string[] {
  return part.split('\n').filter((line) => line !== '');
}
