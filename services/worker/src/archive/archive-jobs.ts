import type { Erasable } from '@pawl/store';
import { each } from '../sweep-parts.ts';
import type { SweepDependencies } from '../worker.ts';
import type { ArchiveEntry, Archiving } from './archive.ts';
import { archiveLine } from './archive-line.ts';

/** Lines that are written at a time end with so many characters: a batch is kept in memory. */
const batchCharacters = 8_000_000;

/** Jobs that are read at a time. */
const readAtOnce = 5;

/** Writes jobs to the archive. Yields those that are stored there for good, as they were when they were found. */
export async function* archiveJobs(
  sweeper: SweepDependencies,
  archiving: Archiving,
  { shard, jobs }: { readonly shard: number; readonly jobs: readonly Erasable[] },
): AsyncGenerator<readonly Erasable[]> {
  let entries: ArchiveEntry[] = [];
  let read: Erasable[] = [];
  let characters = 0;
  for (let from = 0; from < jobs.length; from += readAtOnce) {
    const byId = new Map(jobs.slice(from, from + readAtOnce).map((found) => [found.job.id, found]));
    await each(sweeper, [...byId.keys()], async (id) => {
      const found = byId.get(id);
      const { store, links } = sweeper.engine;
      const entry = await archiveLine(store, links, id);
      // It has changed since it was found: it comes again.
      if (found === undefined || entry?.sequence !== found.job.sequence) return;
      entries.push(entry);
      read.push(found);
      characters += entry.line.length;
    });
    if (characters < batchCharacters && from + readAtOnce < jobs.length) continue;
    await write(sweeper, archiving, { shard, entries });
    yield read;
    entries = [];
    read = [];
    characters = 0;
  }
}

async function write(
  { recorder }: SweepDependencies,
  { archive, report }: Archiving,
  { shard, entries }: { readonly shard: number; readonly entries: readonly ArchiveEntry[] },
): Promise<void> {
  if (entries.length === 0) return;
  try {
    await archive.write(shard, entries);
  } catch (error) {
    recorder?.count('pawl_archive_errors_total', {});
    await report(error instanceof Error ? error.message : String(error));
    throw error;
  }
  recorder?.count('pawl_archived_jobs_total', {}, entries.length);
  await report(undefined);
}
