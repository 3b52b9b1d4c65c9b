import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { endProcess, identifyProcess, isRunning, readProcessIdentity } from './process-identity.ts';

const graceMilliseconds = 10_000;

function recordFile(directory: string): string {
  return join(directory, 'server.json');
}

/** Notes which process serves this directory, so that a later owner can end it, and no other. */
export async function recordServer(directory: string, pid: number): Promise<void> {
  const identity = await identifyProcess(pid);
  if (identity === undefined) return;
  await writeFile(recordFile(directory), JSON.stringify(identity), { mode: 0o600 });
}

export async function forgetServer(directory: string): Promise<void> {
  await rm(recordFile(directory), { force: true });
}

/**
 * Ends a server that a killed owner left running, if there is one. Call it only while holding the
 * directory's claim.
 */
export async function endOrphan(directory: string, log: (line: string) => void): Promise<void> {
  const orphan = await readProcessIdentity(recordFile(directory));
  if (orphan !== undefined && (await isRunning(orphan))) {
    log(`Ending the Redis that an earlier run left behind (process ${orphan.pid}).`);
    await endProcess(orphan, graceMilliseconds);
  }
  await forgetServer(directory);
}
