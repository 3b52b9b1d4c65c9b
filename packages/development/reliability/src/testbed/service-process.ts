import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { spawnWithParent } from '@pawl/local-stack';
import { findRepositoryRoot } from '@pawl/runtime';
import type { ProcessExit } from './harness-process.ts';

/** A service of the repository, built and unchanged, in a process of its own. */
export interface ServiceProcess {
  readonly exited: Promise<ProcessExit>;
  /** The newest lines that it has printed. */
  readonly lines: readonly string[];
  kill(signal: NodeJS.Signals): void;
}

const keptLines = 200;

/**
 * Resolves once it says that it is ready. Throws an Error with what it printed if it ends before.
 *
 * @param build what was built of the services: each in a folder of its name; default: this repository's
 */
export async function startService(
  name: 'gateway' | 'worker',
  environment: Readonly<Record<string, string>>,
  build = thisBuild(),
): Promise<ServiceProcess> {
  const entry = join(build, name, 'dist/main.js');
  const child = spawnWithParent(process.execPath, [entry], {
    directory: build,
    environment: { PATH: process.env['PATH'], NODE_ENV: 'test', ...environment },
    output: 'pipe',
    errorOutput: 'pipe',
  });
  const exited = once(child, 'close').then(([code, signal]): ProcessExit => ({ code, signal }));
  const lines: string[] = [];
  const ready = new Promise<void>((resolve) => {
    for (const stream of [child.stdout, child.stderr]) {
      if (stream === null) continue;
      createInterface({ input: stream }).on('line', (line) => {
        lines.push(line);
        if (lines.length > keptLines) lines.shift();
        if (/worker is ready|gateway is listening/.test(line)) resolve();
      });
    }
  });
  const failed = exited.then(({ code, signal }) => {
    throw new Error(`${name} ended with ${signal ?? `code ${code}`}:\n${lines.join('\n')}`);
  });
  await Promise.race([ready, failed]);
  failed.catch(() => undefined);
  return { exited, lines, kill: (signal) => void child.kill(signal) };
}

/** What is built of this repository's services. */
export function thisBuild(): string {
  return join(findRepositoryRoot(import.meta.url) ?? process.cwd(), 'services');
}
