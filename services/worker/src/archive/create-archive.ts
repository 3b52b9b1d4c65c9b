import type { Archive } from './archive.ts';
import type { ArchiveSettings } from './archive-variables.ts';
import { createBucketArchive } from './bucket-archive.ts';
import { standardBucketKeys } from './bucket-keys.ts';
import { createFileArchive } from './file-archive.ts';

/** The archive that is configured. */
export function createArchive(settings: ArchiveSettings): Archive {
  if (settings.kind === 'file') return createFileArchive(settings);
  const { keys } = settings;
  return createBucketArchive(
    settings,
    keys === undefined ? standardBucketKeys() : async () => keys,
  );
}
