import { AgentName, ConversationId, type EventSubject, ScheduleId, User } from '@pawl/contracts';
import type { SharedLog, TenantEventsPiece } from '@pawl/store';
import { z } from 'zod';
import type { EventConnection, EventConnections } from '../events/event-connection.ts';
import { eventFrame, streamFrame } from '../events/frames.ts';
import { readPatiently, withLogs } from '../events/read-log.ts';
import {
  compareEntries,
  formatPlace,
  parsePlace,
  type TenantPlace,
} from '../events/tenant-place.ts';
import type { Gateway } from '../gateway.ts';
import type { TenantHandler } from '../http/authenticate.ts';
import { parseInput } from '../http/parse-input.ts';

/** What the events may be filtered by: each a part of whom they concern. */
const Filter = z.strictObject({
  user: User.optional(),
  conversation: ConversationId.optional(),
  schedule: ScheduleId.optional(),
  agent: AgentName.optional(),
});
type Filter = z.infer<typeof Filter>;

export const StreamTenantEventsQuery = Filter.extend({ after: z.string().max(20_000).optional() });

type TenantLog = SharedLog<string | undefined, TenantEventsPiece>;

/** `GET /v1/events`: what happens to the tenant's jobs from now on, or what has happened since a place. */
export function streamTenantEvents(gateway: Gateway, connections: EventConnections): TenantHandler {
  const { store } = gateway.engine;
  return async (request, response, tenant) => {
    const { after, ...filter } = parseInput(StreamTenantEventsQuery, request.query);
    const header = request.get('Last-Event-ID');
    const shards = shardsOf(gateway, tenant, filter);
    const place =
      header === undefined && after === undefined
        ? await newestPlace(gateway, tenant, shards)
        : parsePlace(header ?? after ?? '', header === undefined ? 'after' : 'Last-Event-ID');
    const heartbeat = () => `id: ${formatPlace(place)}\n`;
    await connections.open({ request, response, tenant, heartbeat }, async (connection) => {
      await connection.send(streamFrame({ type: 'stream.opened' }, formatPlace(place)));
      const following = shards.map((shard) => store.followTenantEvents(shard, tenant));
      await withLogs(connection, following, (logs) => {
        const byShard = new Map(shards.map((shard, index) => [shard, logs[index]] as const));
        return send(connection, { logs: byShard, place, filter });
      });
    });
  };
}

/** A user's jobs are all in one shard. */
function shardsOf({ engine: { store } }: Gateway, tenant: string, { user }: Filter): number[] {
  if (user !== undefined) return [store.shardOf({ tenant, user })];
  return Array.from({ length: store.shards }, (_, shard) => shard);
}

/** Where to go on, as an id of an event, for what happens to any job of the tenant from now on. */
export async function placeOfNow(gateway: Gateway, tenant: string): Promise<string> {
  return formatPlace(await newestPlace(gateway, tenant, shardsOf(gateway, tenant, {})));
}

async function newestPlace(
  { engine: { store } }: Gateway,
  tenant: string,
  shards: readonly number[],
): Promise<TenantPlace> {
  const newest = await Promise.all(shards.map((shard) => store.newestTenantEntry(shard, tenant)));
  return new Map(
    shards.flatMap((shard, index) => {
      const entry = newest[index];
      if (entry === undefined) return [];
      return [[shard, { entry: entry.entry, events: entry.events.length }] as const];
    }),
  );
}

interface TenantStream {
  readonly logs: ReadonlyMap<number, TenantLog | undefined>;
  /** Moves on with what was sent. */
  readonly place: TenantPlace;
  readonly filter: Filter;
}

async function send(
  connection: EventConnection,
  { logs, place, filter }: TenantStream,
): Promise<void> {
  const changed = new Set(logs.keys());
  const stops = [...logs].map(([shard, log]) => log?.onChange(() => changed.add(shard)));
  try {
    while (!connection.over.aborted) {
      // A heartbeat looks at all, should a change not have been told.
      const shards = changed.size === 0 ? [...logs.keys()] : [...changed];
      changed.clear();
      const pieces = await readPatiently(connection, () => readPieces(logs, shards, place));
      for (const [shard, { isTrimmed, isFull }] of pieces ?? []) {
        if (isTrimmed) await connection.send(streamFrame({ type: 'stream.trimmed' }));
        if (isFull) changed.add(shard);
      }
      await sendPieces(connection, pieces ?? [], { place, filter });
      if (changed.size === 0) await connection.rest();
    }
  } finally {
    for (const stop of stops) stop?.();
  }
}

type ShardPiece = readonly [shard: number, piece: TenantEventsPiece];

function readPieces(
  logs: TenantStream['logs'],
  shards: readonly number[],
  place: TenantPlace,
): Promise<ShardPiece[]> {
  const reads = shards.flatMap((shard) => {
    const log = logs.get(shard);
    if (log === undefined) return [];
    return [log.read(place.get(shard)?.entry).then((piece): ShardPiece => [shard, piece])];
  });
  return Promise.all(reads);
}

/** In the order of the commits, as far as the clocks of several shards agree. */
async function sendPieces(
  connection: EventConnection,
  pieces: readonly ShardPiece[],
  { place, filter }: Pick<TenantStream, 'place' | 'filter'>,
): Promise<void> {
  const entries = pieces
    .flatMap(([shard, piece]) => piece.entries.map((entry) => ({ shard, ...entry })))
    .toSorted((one, other) => compareEntries(one.entry, other.entry));
  for (const { shard, entry, subject, events } of entries) {
    const before = place.get(shard);
    const sent = before?.entry === entry ? before.events : 0;
    for (const [index, event] of events.entries()) {
      if (index < sent) continue;
      place.set(shard, { entry, events: index + 1 });
      if (connection.over.aborted) return;
      if (matches(subject, filter)) {
        await connection.send(eventFrame(subject, event, formatPlace(place)));
      }
    }
  }
}

function matches(subject: EventSubject, filter: Filter): boolean {
  return Object.entries(filter).every(
    ([name, wanted]) => wanted === undefined || subject[name as keyof Filter] === wanted,
  );
}
