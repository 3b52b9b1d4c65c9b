import type { JobState, JobStepList } from '@pawl/contracts';
import { presentCommittedSteps, presentCurrentTurn } from '@pawl/engine';
import type { StepPiece, StepPlace } from '@pawl/store';
import type { Gateway } from '../gateway.ts';
import type { TenantHandler } from '../http/authenticate.ts';
import { parseInput } from '../http/parse-input.ts';
import { invalidCursor, pageBytes, PageQuery } from '../http/query.ts';
import { findJobState } from './find.ts';

/** State and steps are read one after the other; so often again while commits fall in between. */
const readings = 5;

/** `GET /v1/jobs/{id}/steps`: every turn and tool call, in order. Only those that a page shows are read. */
export function listSteps(gateway: Gateway): TenantHandler {
  return async (request, response, tenant) => {
    const { limit, cursor } = parseInput(PageQuery, request.query);
    const from = cursor === undefined ? { turn: 0, index: -1 } : decodeCursor(cursor);
    const reference = { id: request.params['id'], tenant, response };
    for (let reading = 1; ; reading += 1) {
      const before = await findJobState(gateway, reference);
      const piece = await readPiece(gateway, before.id, { from, steps: limit, bytes: pageBytes });
      const job = await findJobState(gateway, reference);
      if (job.sequence !== before.sequence && reading < readings) continue;
      response.json(pageOf(job, piece, { from, limit }));
      return;
    }
  };
}

async function readPiece(
  { engine: { store } }: Gateway,
  job: string,
  request: { from: StepPlace; steps: number; bytes: number },
): Promise<StepPiece> {
  const [piece, late] = await Promise.all([
    store.readStepPiece(job, request),
    store.readLateOutcomes(job),
  ]);
  return { ...piece, records: [...piece.records, ...late] };
}

function pageOf(
  job: JobState,
  { records, next }: StepPiece,
  { from, limit }: { from: StepPlace; limit: number },
): JobStepList {
  // A piece that begins within a turn has the turn's reply before it.
  const committed = presentCommittedSteps(job, records).slice(from.index < 0 ? 0 : 1);
  if (next !== undefined) {
    return { object: 'list', data: committed, next_cursor: encodeCursor(next) };
  }
  const all = [...committed, ...presentCurrentTurn(job)];
  const rest = all.length > limit ? encodeCursor({ turn: job.turn, index: -1 }) : null;
  return { object: 'list', data: all.slice(0, limit), next_cursor: rest };
}

function encodeCursor({ turn, index }: StepPlace): string {
  return Buffer.from(`at:${turn}:${index}`).toString('base64url');
}

function decodeCursor(cursor: string): StepPlace {
  const place = /^at:(\d{1,9}):(-1|\d{1,9})$/.exec(Buffer.from(cursor, 'base64url').toString());
  if (place === null) throw invalidCursor();
  return { turn: Number(place[1]), index: Number(place[2]) };
}
