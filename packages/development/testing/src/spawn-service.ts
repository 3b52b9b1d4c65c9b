import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { findRepositoryRoot } from '@pawl/runtime';

export interface ServiceSettings {
  /** A built file, from the repository's root: `services/gateway/dist/main.js`. */
  readonly entry: string;
  /** Added to `PATH`, `HOME` and `NODE_ENV=test`; nothing else of this process's environment. */
  readonly env: Readonly<Record<string, string>>;
  readonly arguments?: readonly string[];
  /** The line that says it is ready; default: any line with the word "ready" or "listening". */
  readonly ready?: RegExp;
  /** Default 15,000. */
  readonly timeoutMilliseconds?: number;
}

export interface ServiceExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface RunningService {
  readonly pid: number;
  /** The line that said it was ready. */
  readonly readyLine: string;
  /** Everything it has printed so far, both streams. */
  readonly lines: readonly string[];
  readonly exited: Promise<ServiceExit>;
  /** Sends the signal, and does not wait (see `exited`). */
  readonly kill: (signal: NodeJS.Signals) => void;
  /** SIGTERM, after ten seconds SIGKILL; resolves once it has ended. */
  readonly stop: () => Promise<ServiceExit>;
}

const stopTimeoutMilliseconds = 10_000;

/**
 * Runs a built service as a process of its own, as in production, and waits until it is ready. The
 * process sees the end of this one on its IPC channel.
 *
 * @throws Error with everything it printed if it ends before, or is not ready in time.
 */
export async function spawnService(settings: ServiceSettings): Promise<RunningService> {
  const { entry, ready = /\b(ready|listening)\b/i, timeoutMilliseconds = 60_000 } = settings;
  const root = findRepositoryRoot(import.meta.url) ?? process.cwd();
  const file = join(root, entry);
  if (!existsSync(file)) throw new Error(`${entry} is not there: build it with npx turbo build.`);
  const child = spawn(process.execPath, [file, ...(settings.arguments ?? [])], {
    cwd: root,
    env: {
      PATH: process.env['PATH'],
      HOME: process.env['HOME'],
      NODE_ENV: 'test',
      ...settings.env,
    },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const exited = whenExited(child);
  const lines: string[] = [];
  const readyLine = await new Promise<string>((resolve, reject) => {
    const fail = (reason: string): void => {
      reject(new Error(`${entry} ${reason}; it printed:\n${lines.join('\n')}`));
    };
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      fail(`was not ready within ${timeoutMilliseconds} ms`);
    }, timeoutMilliseconds);
    child.once('close', (code, signal) => {
      clearTimeout(timer);
      fail(`ended with ${signal ?? `code ${code}`} before it was ready`);
    });
    onLine(child, (line) => {
      lines.push(line);
      if (!ready.test(line)) return;
      clearTimeout(timer);
      resolve(line);
    });
  });
  const kill = (signal: NodeJS.Signals): void => void child.kill(signal);
  return {
    pid: Number(child.pid),
    readyLine,
    lines,
    exited,
    kill,
    async stop() {
      const timer = setTimeout(() => child.kill('SIGKILL'), stopTimeoutMilliseconds);
      child.kill('SIGTERM');
      const exit = await exited;
      clearTimeout(timer);
      return exit;
    },
  };
}

function onLine(child: ChildProcess, take: (line: string) => void): void {
  for (const stream of [child.stdout, child.stderr]) {
    if (stream !== null) createInterface({ input: stream }).on('line', take);
  }
}

/** Resolves after the last line was read. */
async function whenExited(child: ChildProcess): Promise<ServiceExit> {
  return await new Promise((resolve) => {
    child.once('close', (code, signal) => resolve({ code, signal }));
    child.once('error', () => resolve({ code: null, signal: null }));
  });
}
