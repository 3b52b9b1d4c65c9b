import { shardOfId, TriggerEvent, TriggerState } from '@pawl/contracts';
import type { RedisConnection } from '@pawl/runtime';
import { z } from 'zod';
import { type IndexEntry, type IndexSettings, writeIndexes } from './indexes.ts';
import { digest } from './keys.ts';
import { InvalidCursorError, type ListPage, readPage } from './pages.ts';
import { formatStored, parseStored } from './record-format.ts';
import { loadScript, runScript } from './script.ts';
import { createWriteBatch, type WriteBatch } from './write-batch.ts';

const takeRequest = loadScript('take-request');

/** Lines of a trigger's log that are kept, about, and for how long, in milliseconds. */
const linesKept = 1_000;
const logAge = 30 * 86_400_000;

/** How long it is remembered which events have become jobs, in milliseconds: senders repeat for days. */
const eventsRemembered = 7 * 86_400_000;

/** A line of the log before it has its place. */
export type TriggerLine = Omit<TriggerEvent, 'id' | 'object' | 'received_at'>;

/** Requests that did not prove themselves: they are counted, since whoever knows the address can send any number. */
export interface Rejections {
  readonly count: number;
  /** Milliseconds since 1970. */
  readonly lastAt: number | undefined;
}

interface TriggerDependencies {
  readonly redis: RedisConnection;
  readonly settings: IndexSettings;
  readonly shards: number;
  readonly run: (batch: WriteBatch) => Promise<boolean>;
}

/** Triggers stand in the shard of their user, as the jobs do that they post. */
export function createTriggers({ redis, settings, shards, run }: TriggerDependencies) {
  const { keys } = settings;
  const allShards = Array.from({ length: shards }, (_, shard) => shard);

  async function readTrigger(id: string): Promise<TriggerState | undefined> {
    const text = await redis.hget(keys.trigger(id), 'state');
    return text === null ? undefined : parseStored(TriggerState, text, `trigger ${id}`);
  }

  async function readRejections(id: string): Promise<Rejections> {
    const [count, lastAt] = await redis.hmget(keys.triggerRejections(id), 'count', 'lastAt');
    return {
      count: Number(count ?? 0),
      lastAt: typeof lastAt === 'string' ? Number(lastAt) : undefined,
    };
  }

  return {
    readTrigger,
    readRejections,

    /** False: it has changed since it was read, and nothing was written. `after` null deletes it. */
    async writeTrigger(before: TriggerState | null, after: TriggerState | null): Promise<boolean> {
      const id = after?.id ?? before?.id;
      if (id === undefined) return false;
      const key = keys.trigger(id);
      const batch = createWriteBatch();
      batch.fence(key, 'revision', before === null ? null : String(before.revision));
      if (after === null) {
        const beside = [keys.triggerEvents, keys.triggerRequests, keys.triggerRejections];
        for (const name of [key, ...beside.map((of) => of(id))]) batch.write('DEL', name);
      } else {
        const state = formatStored(TriggerState, after, `trigger ${id}`);
        batch.write('HSET', key, 'revision', after.revision, 'state', state);
      }
      writeIndexes(batch, indexesOf(before, settings), indexesOf(after, settings));
      return run(batch);
    },

    async countTriggers(tenant: string): Promise<number> {
      const counts = allShards.map((shard) => redis.zcard(keys.triggersOf(shard, tenant)));
      return (await Promise.all(counts)).reduce((sum, count) => sum + count, 0);
    },

    /** A trigger that posts jobs of the agent, if there is one. */
    async triggerOfAgent(tenant: string, agent: string): Promise<string | undefined> {
      const first = allShards.map((shard) =>
        redis.zrange(keys.triggersOfAgent(shard, tenant, agent), '0', '0'),
      );
      return (await Promise.all(first)).flat()[0];
    },

    /** Newest first. */
    listTriggers<Shown>(
      filter: { tenant: string; limit: number; cursor?: string | undefined },
      show: (trigger: TriggerState) => Promise<Shown>,
    ): Promise<ListPage<Shown>> {
      const indexes = allShards.map((shard) => keys.triggersOf(shard, filter.tenant));
      return readPage(redis, { indexes }, filter, async (id) => {
        const trigger = await readTrigger(id);
        return trigger?.tenant === filter.tenant ? show(trigger) : undefined;
      });
    },

    /** Milliseconds until the trigger takes another request; 0: it takes this one. */
    async takeTriggerRequest(id: string, perMinute: number): Promise<number> {
      return Number(await runScript(redis, takeRequest, [keys.triggerRequests(id)], [perMinute]));
    },

    async countRejection(id: string, at: number): Promise<void> {
      const key = keys.triggerRejections(id);
      const counted = redis.multi().hincrby(key, 'count', 1).hset(key, 'lastAt', at);
      await counted.pexpire(key, logAge).exec();
    },

    /** The job that an event has become, for a week. */
    jobOfTriggerEvent: (id: string, event: string): Promise<string | null> =>
      redis.get(keys.triggerEvent(id, digest(event))),

    async rememberTriggerEvent(id: string, event: string, job: string): Promise<void> {
      await redis.set(keys.triggerEvent(id, digest(event)), job, 'PX', eventsRemembered);
    },

    /** Adds a line to a trigger's log. */
    async logTriggerEvent(id: string, line: TriggerLine): Promise<void> {
      const key = keys.triggerEvents(id);
      await redis
        .multi()
        .xadd(key, 'MAXLEN', '~', linesKept, '*', 'line', JSON.stringify(line))
        .pexpire(key, logAge)
        .exec();
    },

    /** Newest first. */
    async listTriggerEvents(
      id: string,
      { limit, cursor }: { limit: number; cursor?: string | undefined },
    ): Promise<ListPage<TriggerEvent>> {
      if (cursor !== undefined && !/^\d{1,15}-\d{1,15}$/.test(cursor)) {
        throw new InvalidCursorError('the cursor is not one of ours');
      }
      const from = cursor === undefined ? '+' : `(${cursor}`;
      const key = keys.triggerEvents(id);
      const found = await redis.xrevrange(key, from, '-', 'COUNT', limit + 1);
      const shown = found.slice(0, limit);
      const last = found.length > limit ? shown.at(-1)?.[0] : undefined;
      return {
        items: shown.map(([entry, fields]) => lineOf(entry, fields)),
        nextCursor: last ?? null,
      };
    },
  };
}

const Line = z.object({
  event: z.string(),
  status: TriggerEvent.shape.status,
  job: z.string().nullable(),
  reason: z.string().nullable(),
});

function lineOf(entry: string, [, text = '']: readonly string[]): TriggerEvent {
  const { event, status, job, reason } = parseStored(Line, text, 'a line of a trigger');
  const received_at = new Date(Number(entry.split('-', 1)[0])).toISOString();
  return { id: entry, object: 'trigger_event', event, status, job, reason, received_at };
}

function indexesOf(trigger: TriggerState | null, { keys }: IndexSettings): IndexEntry[] {
  if (trigger === null) return [];
  const { id: member, tenant, agent, createdAt: score } = trigger;
  const shard = shardOfId(member);
  return [
    { key: keys.triggersOf(shard, tenant), member, score },
    ...(agent === undefined
      ? []
      : [{ key: keys.triggersOfAgent(shard, tenant, agent), member, score }]),
  ];
}
