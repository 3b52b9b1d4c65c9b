import { instant, jobDetail, type Links, stepViews } from '@pawl/engine';
import type { PawlStore } from '@pawl/store';
import type { ArchiveEntry } from './archive.ts';

/** The version of the format: raised when a reader of the former would misunderstand it. */
const version = 1;

/** An ended job as a line of the archive; undefined where there is none any more. */
export async function archiveLine(
  store: PawlStore,
  links: Links,
  id: string,
): Promise<ArchiveEntry | undefined> {
  const [parts, steps, events] = await Promise.all([
    store.readJobParts(id),
    store.readSteps(id),
    readEvents(store, id),
  ]);
  if (parts?.job.phase.name !== 'ended') return undefined;
  const { job } = parts;
  // The identity first: the end of a file is looked through for it.
  const text = JSON.stringify({
    id,
    sequence: job.sequence,
    object: 'archived_job',
    version,
    tenant: job.tenant,
    job: jobDetail(parts, links),
    steps: stepViews(job, steps),
    events,
  });
  return { id, sequence: job.sequence, endedAt: parts.job.phase.at, line: text };
}

/** The job's own log, as far as it is kept. */
async function readEvents(store: PawlStore, id: string): Promise<object[]> {
  const events: object[] = [];
  for (let after = 0; ;) {
    const piece = await store.readJobEvents(id, after);
    for (const { id: number, event } of piece?.events ?? []) {
      const { type, at, ...details } = event;
      events.push({ id: number, type, created_at: instant(at), ...details });
      after = number;
    }
    if (piece === undefined || piece.events.length === 0 || after >= piece.last) return events;
  }
}
