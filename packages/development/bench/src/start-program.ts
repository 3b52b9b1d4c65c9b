import { type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { spawnWithParent } from '@pawl/local-stack';
import type { Place } from './contender.ts';

export interface RunningProgram {
  readonly pid: number;
  /** The line that said that it is ready. */
  readonly ready: string;
  /** Asks it to end, and ends it after ten seconds. */
  stop(): Promise<void>;
}

export interface ProgramSettings {
  readonly program: string;
  readonly arguments: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly directory: string;
  /** A line of its output that says that it is ready. */
  readonly isReady: RegExp;
}

/** As the image and the scripts of package.json start the services. */
const serviceFlags = ['--max-semi-space-size=64'];

const keptLines = 50;
const patience = 10_000;

/** Starts a program that ends with this process. Throws an Error with what it printed if it ends before it is ready. */
export async function startProgram(settings: ProgramSettings): Promise<RunningProgram> {
  const child: ChildProcess = spawnWithParent(settings.program, settings.arguments, {
    directory: settings.directory,
    environment: { PATH: process.env['PATH'], NODE_ENV: 'production', ...settings.environment },
    output: 'pipe',
    errorOutput: 'pipe',
  });
  const ended = once(child, 'close');
  const lines: string[] = [];
  const ready = new Promise<string>((resolve) => {
    for (const stream of [child.stdout, child.stderr]) {
      if (stream === null) continue;
      createInterface({ input: stream }).on('line', (line) => {
        lines.push(line);
        if (lines.length > keptLines) lines.shift();
        if (settings.isReady.test(line)) resolve(line);
      });
    }
  });
  const failed = ended.then(() => {
    throw new Error(`${settings.program} ended:\n${lines.join('\n')}`);
  });
  failed.catch(() => undefined);
  const line = await Promise.race([ready, failed]);
  return {
    pid: child.pid ?? 0,
    ready: line,
    async stop() {
      const timer = setTimeout(() => child.kill('SIGKILL'), patience);
      child.kill('SIGTERM');
      await ended;
      clearTimeout(timer);
    },
  };
}

/** Starts one of this package's programs, built. */
export function startOwnProgram(
  name: string,
  environment: Readonly<Record<string, string>>,
  place: Place,
): Promise<RunningProgram> {
  const file = fileURLToPath(new URL(`../dist/programs/${name}.js`, import.meta.url));
  return startNode(file, environment, place);
}

/** Starts a built service of the repository. */
export function startService(
  name: 'gateway' | 'worker',
  environment: Readonly<Record<string, string>>,
  place: Place,
): Promise<RunningProgram> {
  return startNode(join(place.root, 'services', name, 'dist/main.js'), environment, place);
}

function startNode(
  file: string,
  environment: Readonly<Record<string, string>>,
  { directory, profiles }: Place,
): Promise<RunningProgram> {
  return startProgram({
    program: process.execPath,
    arguments: [
      ...serviceFlags,
      ...(profiles === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profiles}`]),
      file,
    ],
    environment: { LOG_LEVEL: 'info', ...environment },
    directory,
    isReady: /is ready|is listening/,
  });
}
