import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { runCommand } from './run-command.ts';

/** A process, told apart from a later one that got the same number. */
export interface ProcessIdentity {
  readonly pid: number;
  /** When it started, in the operating system's own notation. */
  readonly startedAt: string;
}

/** The identity of a running process; undefined if none has this number. */
export async function identifyProcess(pid: number): Promise<ProcessIdentity | undefined> {
  const startedAt = process.platform === 'linux' ? await linuxStart(pid) : await anyUnixStart(pid);
  return startedAt === undefined ? undefined : { pid, startedAt };
}

/** The identity that a JSON file holds; undefined if there is none in it, or no such file. */
export async function readProcessIdentity(file: string): Promise<ProcessIdentity | undefined> {
  try {
    const value: unknown = JSON.parse(await readFile(file, 'utf8'));
    return isProcessIdentity(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isProcessIdentity(value: unknown): value is ProcessIdentity {
  if (typeof value !== 'object' || value === null) return false;
  const { pid, startedAt } = value as Record<string, unknown>;
  return typeof pid === 'number' && typeof startedAt === 'string';
}

/** Whether exactly this process still runs. */
export async function isRunning({ pid, startedAt }: ProcessIdentity): Promise<boolean> {
  return (await identifyProcess(pid))?.startedAt === startedAt;
}

/** Ends this process, and no other: asks first, and after `graceMilliseconds` kills. */
async function endProcess(identity: ProcessIdentity, graceMilliseconds: number): Promise<void> {
  const deadline = performance.now() + graceMilliseconds;
  await signal(identity, 'SIGTERM');
  while ((await isRunning(identity)) && performance.now() < deadline) await pause(50);
  await signal(identity, 'SIGKILL');
  while (await isRunning(identity)) await pause(20);
}

async function signal(identity: ProcessIdentity, name: NodeJS.Signals): Promise<void> {
  if (!(await isRunning(identity))) return;
  try {
    process.kill(identity.pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

async function linuxStart(pid: number): Promise<string | undefined> {
  try {
    const line = await readFile(`/proc/${pid}/stat`, 'utf8');
    // The second field is the program's name in brackets, which may hold spaces.
    const [state, ...fields] = line.slice(line.lastIndexOf(')') + 2).split(' ');
    return state === 'Z' || state === 'X' ? undefined : fields[18];
  } catch {
    return undefined;
  }
}

async function anyUnixStart(pid: number): Promise<string | undefined> {
  const result = await runCommand('ps', ['-o', 'lstart=', '-p', String(pid)], {
    timeoutMilliseconds: 5_000,
  });
  const start = result.kind === 'done' ? result.output.trim() : '';
  return start === '' ? undefined : start;
}

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
