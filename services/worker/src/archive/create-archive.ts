import type { Archive } from './archive.ts';
import type { ArchiveSettings } from './archive-variables.ts';
import { createBucketArchive } from './bucket-archive.ts';
import { createFileArchive } from './file-archive.ts';

/** The archive that is configured. */
export function createArchive(settings: ArchiveSettings): Archive {
  return settings.kind === 'file' ? createFileArchive(settings) : createBucketArchive(settings);
}
