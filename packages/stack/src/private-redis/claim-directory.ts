import { randomUUID } from 'node:crypto';
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { identifyProcess, isRunning, type ProcessIdentity } from './process-identity.ts';

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
  /** Lets the next owner in; harmless when called twice. */
  release(): Promise<void>;
}

interface Owner extends ProcessIdentity {
  readonly claim: string;
}

/**
 * Makes this process the only owner of a directory. A claim that a killed process left behind is
 * taken over at once, since its process no longer runs.
 *
 * The claim is a hard link, which the file system makes once only. Whoever takes over a dead claim
 * moves it away and looks at what it moved: should that be a living claim after all, made in
 * between, it is put back.
 *
 * @throws DirectoryInUseError if a running process holds the claim.
 */
export async function claimDirectory(directory: string): Promise<DirectoryClaim> {
  const file = join(directory, 'owner.json');
  const identity = await identifyProcess(process.pid);
  if (identity === undefined)
    throw new Error('This process cannot find itself in the process list.');
  const owner: Owner = { ...identity, claim: randomUUID() };
  const draft = join(directory, `owner-${owner.claim}.json`);
  await writeFile(draft, JSON.stringify(owner), { mode: 0o600 });
  try {
    while (!(await linkOnce(draft, file))) await removeIfDead(directory, file);
  } finally {
    await rm(draft, { force: true });
  }
  return {
    async release() {
      if ((await readOwner(file))?.claim === owner.claim) await rm(file, { force: true });
    },
  };
}

async function removeIfDead(directory: string, file: string): Promise<void> {
  const found = await readOwner(file);
  if (found !== undefined && (await isRunning(found))) {
    throw new DirectoryInUseError(directory, found.pid);
  }
  const moved = join(directory, `owner-${randomUUID()}.dead.json`);
  if (!(await moveIfPresent(file, moved))) return;
  const removed = await readOwner(moved);
  if (removed !== undefined && (await isRunning(removed))) await linkOnce(moved, file);
  await rm(moved, { force: true });
}

async function linkOnce(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

async function moveIfPresent(from: string, to: string): Promise<boolean> {
  try {
    await rename(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}

async function readOwner(file: string): Promise<Owner | undefined> {
  try {
    const value: unknown = JSON.parse(await readFile(file, 'utf8'));
    return isOwner(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isOwner(value: unknown): value is Owner {
  if (typeof value !== 'object' || value === null) return false;
  const { pid, startedAt, claim } = value as Record<string, unknown>;
  return typeof pid === 'number' && typeof startedAt === 'string' && typeof claim === 'string';
}
