import type { Logger } from '@pawl/runtime';
import type { PawlStore } from '@pawl/store';
import type { Archive, Archiving } from './archive.ts';

/** A problem that is not reported again for so long is taken for over, in milliseconds: its worker may have died. */
const problemAge = 120_000;

/** So often at most it is written down that the archive takes nothing, in milliseconds. */
const reportEvery = 10_000;

export interface ReportedArchive extends Archiving {
  /** What keeps the archive from taking jobs, as sentences. */
  problems(): readonly string[];
}

/** An archive whose problem is logged once, shown by this worker, and written where gateways find it. */
export function reportArchive(
  archive: Archive,
  { store, log }: { readonly store: Pick<PawlStore, 'reportArchive'>; readonly log: Logger },
): ReportedArchive {
  let known: string | undefined;
  let reportedAt = -Infinity;
  return {
    archive,
    async report(problem) {
      const wasAway = known !== undefined;
      known = problem;
      if (problem === undefined && !wasAway) return;
      if (problem === undefined) log.info('the archive takes jobs again');
      else if (!wasAway) {
        log.warn({ problem }, 'the archive is away: no ended job is erased, and Redis grows');
      }
      if (problem !== undefined && performance.now() - reportedAt < reportEvery) return;
      reportedAt = problem === undefined ? -Infinity : performance.now();
      await store
        .reportArchive(problem, problemAge)
        .catch((error: unknown) => log.debug({ err: error }, 'could not report the archive'));
    },
    problems: () => (known === undefined ? [] : [archiveProblem(known)]),
  };
}

function archiveProblem(problem: string): string {
  return `No ended job is erased, and Redis grows: ${problem}`;
}
