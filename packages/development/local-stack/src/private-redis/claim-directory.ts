import { randomUUID } from 'node:crypto';
import { link, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  identifyProcess,
  isRunning,
  type ProcessIdentity,
  readProcessIdentity,
} from './process-identity.ts';

/** Somebody who runs holds the directory already. */
export class DirectoryInUseError extends Error {
  override readonly name = 'DirectoryInUseError';
  readonly pid: number;

  constructor(directory: string, pid: number) {
    super(
      `Pawl already runs in ${directory} (process ${pid}). ` +
        'Use that one, stop it first, or set REDIS_URL to another Redis.',
    );
    this.pid = pid;
  }
}

export interface DirectoryClaim {
  /** Lets the next owner in. */
  readonly release: () => Promise<void>;
}

/**
 * Makes this process the only owner of a directory. What a killed process left behind does not
 * hold it.
 *
 * Claims are numbered files, and the highest one counts:
 * 1. A claim is made by a hard link, so each number is given once.
 * 2. It is made only if the highest claim is released or its process no longer runs.
 * 3. The highest claim is never deleted, so a number made on the strength of an old look at the
 *    directory is recognised as too low, and withdrawn.
 *
 * Not `scripts/lock.mjs`, which waits for minutes and then breaks the lock: two servers on one directory lose data.
 *
 * @throws DirectoryInUseError if a running process holds the claim.
 */
export async function claimDirectory(directory: string): Promise<DirectoryClaim> {
  const owner = await identifyProcess(process.pid);
  if (owner === undefined) throw new Error('This process does not see itself in the process list.');
  for (;;) {
    const highest = await highestClaim(directory);
    const holder = await readProcessIdentity(claimFile(directory, highest));
    if (holder !== undefined && (await isRunning(holder))) {
      throw new DirectoryInUseError(directory, holder.pid);
    }
    const number = highest + 1;
    if (!(await makeClaim(directory, number, owner))) continue;
    if ((await highestClaim(directory)) === number) {
      await deleteClaimsBelow(directory, number);
      return { release: () => releaseClaim(directory, number) };
    }
    await rm(claimFile(directory, number), { force: true });
  }
}

function claimFile(directory: string, number: number): string {
  return join(directory, `owner-${number}.json`);
}

async function claimNumbers(directory: string): Promise<number[]> {
  const names = await readdir(directory);
  return names.map((name) => Number(/^owner-(\d+)\.json$/.exec(name)?.[1] ?? 0));
}

async function highestClaim(directory: string): Promise<number> {
  return Math.max(0, ...(await claimNumbers(directory)));
}

async function makeClaim(
  directory: string,
  number: number,
  owner: ProcessIdentity,
): Promise<boolean> {
  return await withDraft(directory, owner, async (draft) => {
    try {
      await link(draft, claimFile(directory, number));
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
      throw error;
    }
  });
}

async function releaseClaim(directory: string, number: number): Promise<void> {
  await withDraft(directory, { released: true }, (draft) =>
    rename(draft, claimFile(directory, number)),
  );
}

async function withDraft<T>(
  directory: string,
  content: object,
  use: (draft: string) => Promise<T>,
): Promise<T> {
  const draft = join(directory, `draft-${randomUUID()}.json`);
  await writeFile(draft, JSON.stringify(content), { mode: 0o600 });
  try {
    return await use(draft);
  } finally {
    await rm(draft, { force: true });
  }
}

async function deleteClaimsBelow(directory: string, number: number): Promise<void> {
  for (const lower of await claimNumbers(directory)) {
    if (lower > 0 && lower < number) await rm(claimFile(directory, lower), { force: true });
  }
}
