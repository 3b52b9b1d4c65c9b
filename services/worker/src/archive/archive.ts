/** An ended job on its way to the archive. */
export interface ArchiveEntry {
  readonly id: string;
  /** With the id the identity of the line: a job that was opened again, and ended again, has another. */
  readonly sequence: number;
  /** In milliseconds since 1970. */
  readonly endedAt: number;
  /** JSON, without a line break. */
  readonly line: string;
}

/** Where ended jobs are kept before they are erased. */
export interface Archive {
  /**
   * Resolves when every entry is stored for good, each once: what is there already, from before a crash, is not written
   * a second time. Throws an {@link ArchiveAwayError} where one may not be stored: then none counts as stored.
   */
  write(shard: number, entries: readonly ArchiveEntry[]): Promise<void>;
  close(): Promise<void>;
}

/** The archive of a worker, and who is told how it fares. */
export interface Archiving {
  readonly archive: Archive;
  /** What keeps the archive from taking jobs; undefined: it takes them. */
  report(problem: string | undefined): Promise<void>;
}

/** The archive took nothing. The message carries no credentials. */
export class ArchiveAwayError extends Error {
  override readonly name = 'ArchiveAwayError';
}
