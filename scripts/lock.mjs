import {
  linkSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { uptime } from 'node:os';
import { dirname } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { say } from './progress.mjs';

const longestHoldMilliseconds = 30 * 60_000;

/**
 * Runs `action` while no other process that uses the same file does; waits for its turn.
 *
 * Not `claimDirectory` of the local stack, which refuses at once instead of waiting, must never take a directory from an
 * owner that runs for weeks, and is not built yet when this one is needed. This one is for minutes: it breaks what is older.
 */
export async function withLock(file, action) {
  mkdirSync(dirname(file), { recursive: true });
  let waitsFor;
  while (!take(file)) {
    const holder = readHolder(file);
    if (holder !== undefined && holder.pid !== waitsFor) {
      waitsFor = holder.pid;
      say(`Waiting for another set-up to end (process ${holder.pid}).`);
    }
    await pause(200);
  }
  try {
    return await action();
  } finally {
    rmSync(file, { force: true });
  }
}

/** A hard link is made once only, whoever else tries. */
function take(file) {
  const holder = readHolder(file);
  if (holder !== undefined && holder.isGone) breakLock(file, holder);
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, String(process.pid));
  try {
    linkSync(draft, file);
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

function readHolder(file) {
  try {
    const { mtimeMs } = statSync(file);
    const pid = Number(readFileSync(file, 'utf8'));
    const age = Date.now() - mtimeMs;
    const isOld = age > longestHoldMilliseconds || age > uptime() * 1_000;
    return { pid, isGone: isOld || !isRunning(pid) };
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
}

function isRunning(pid) {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/** Moved away first and looked at: a lock that was taken meanwhile is put back. */
function breakLock(file, { pid }) {
  const moved = `${file}.${process.pid}.dead`;
  try {
    renameSync(file, moved);
    if (Number(readFileSync(moved, 'utf8')) !== pid) linkSync(moved, file);
  } catch (error) {
    if (error.code !== 'ENOENT' && error.code !== 'EEXIST') throw error;
  } finally {
    rmSync(moved, { force: true });
  }
}
