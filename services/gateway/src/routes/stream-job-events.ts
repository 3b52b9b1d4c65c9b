import type { Job } from '@pawl/contracts';
import type { JobParts } from '@pawl/engine';
import { z } from 'zod';
import { shownJob } from '../approvals/hide-links.ts';
import { type JobEventsPiece, type SharedLog, watchedFor } from '@pawl/store';
import type { EventConnection, EventConnections } from '../events/event-connection.ts';
import { eventFrame, snapshotFrame, streamFrame, subjectOf } from '../events/frames.ts';
import { createDeltaSender, type DeltaSender, noDeltas } from '../events/send-deltas.ts';
import { readPatiently, withLogs } from '../events/read-log.ts';
import type { Gateway } from '../gateway.ts';
import type { TenantHandler } from '../http/authenticate.ts';
import { parseInput } from '../http/parse-input.ts';
import { notFound } from '../http/problem.ts';
import { wholeNumber } from '../http/query.ts';
import { viewOfJob } from '../views.ts';
import { jobIdOf } from './find.ts';

const place = wholeNumber({ minimum: 0, maximum: 1_000_000_000 });
export const StreamJobEventsQuery = z.strictObject({
  after: place.optional(),
  stream: z.literal('deltas').optional(),
});
const Headers = z.object({ 'Last-Event-ID': place.optional() });

/**
 * `GET /v1/jobs/{id}/events`: what has happened to the job, and what happens, until it has ended. 204 where a client
 * that comes back has got all of it: browsers connect again and again until they are told so.
 */
export function streamJobEvents(gateway: Gateway, connections: EventConnections): TenantHandler {
  const { store } = gateway.engine;
  return async (request, response, tenant) => {
    const query = parseInput(StreamJobEventsQuery, request.query);
    const header = request.get('Last-Event-ID');
    const { 'Last-Event-ID': last } = parseInput(Headers, { 'Last-Event-ID': header });
    const after = last ?? query.after;
    const id = jobIdOf(gateway, { id: request.params['id'], tenant, response });
    const known = await store.readJobEvents(id, after ?? 0);
    if (known?.job.tenant !== tenant) throw notFound(`job ${id}`);
    if (after !== undefined && after > 0 && isOver(known, after)) {
      response.status(204).end();
      return;
    }
    const show = (parts: JobParts) => shownJob(response, viewOfJob(gateway, parts));
    await connections.open({ request, response, tenant }, (connection) =>
      withLogs(connection, [store.followJobEvents(id)], ([log]) =>
        log === undefined
          ? Promise.resolve()
          : withDeltas(
              gateway,
              connection,
              { id, isWanted: query.stream !== undefined },
              (deltas) => send(gateway, connection, { id, log, after, deltas, show }),
            ),
      ),
    );
  };
}

/** Says for as long as `use` runs that somebody watches the job: the next model call is streamed then. */
async function withDeltas(
  { engine: { store } }: Gateway,
  connection: EventConnection,
  { id, isWanted }: { readonly id: string; readonly isWanted: boolean },
  use: (deltas: DeltaSender) => Promise<void>,
): Promise<void> {
  if (!isWanted) return use(noDeltas);
  const watch = () => store.watchJob(id).catch(() => undefined);
  await watch();
  const watching = setInterval(() => void watch(), watchedFor / 3);
  try {
    await withLogs(connection, [store.watchReplies(id)], ([replies]) =>
      use(replies === undefined ? noDeltas : createDeltaSender(connection, replies)),
    );
  } finally {
    clearInterval(watching);
  }
}

interface JobStream {
  readonly id: string;
  readonly log: SharedLog<number, JobEventsPiece | undefined>;
  /** The number of the last event that the client has. */
  readonly after: number | undefined;
  readonly deltas: DeltaSender;
  /** The job as this client may see it. */
  readonly show: (parts: JobParts) => Job;
}

async function send(
  gateway: Gateway,
  connection: EventConnection,
  { id, log, after = 0, deltas, show }: JobStream,
): Promise<void> {
  const { store } = gateway.engine;
  let sent = after;
  while (!connection.over.aborted) {
    deltas.look();
    const piece = await readPatiently(connection, () => log.read(sent));
    // Erased.
    if (piece === undefined) return;
    const missing = lastMissing(piece, sent);
    if (missing !== undefined) {
      const parts = await readPatiently(connection, () => store.readJobParts(id));
      if (parts === undefined) return;
      const now = gateway.engine.now();
      await connection.send(snapshotFrame(parts.job, { data: show(parts), id: missing, now }));
      sent = missing;
    }
    for (const event of piece.events) {
      await deltas.before(event.event);
      await connection.send(eventFrame(subjectOf(piece.job), event));
      sent = event.id;
    }
    if (isOver(piece, sent)) {
      await connection.send(streamFrame({ type: 'stream.ended', reason: 'job_ended' }));
      return;
    }
    await deltas.send();
    if (piece.events.length === 0) await connection.rest();
  }
}

function isOver({ job, last }: JobEventsPiece, sent: number): boolean {
  return job.phase.name === 'ended' && sent === last;
}

/**
 * The number of the last event that is missing before those of the piece: it is not kept any more, or Redis has lost
 * what the client has got. Undefined: none.
 */
function lastMissing({ last, events, job }: JobEventsPiece, sent: number): number | undefined {
  if (last < sent) return last;
  const [first] = events;
  if (first !== undefined) return first.id > sent + 1 ? first.id - 1 : undefined;
  if (last > sent) return last;
  // Jobs of versions that numbered no events.
  return last === 0 && job.phase.name === 'ended' ? 0 : undefined;
}
