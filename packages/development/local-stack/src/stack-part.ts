import type { ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { join } from 'node:path';
import type { LogSink } from './log-file.ts';
import { spawnWithParent } from './spawn-with-parent.ts';

export interface PartSettings {
  /** For people: "gateway". */
  readonly name: string;
  /** A built file, from the repository's root. */
  readonly entry: string;
  readonly repositoryRoot: string;
  readonly environment: NodeJS.ProcessEnv;
  readonly log: LogSink;
}

/** A process of the local stack. */
export interface StackPart {
  readonly name: string;
  /** Resolves with a sentence and the end of its log once it ended, be it by `stop`. */
  readonly exited: Promise<string>;
  /** SIGTERM; SIGKILL if that does not end it in time. Resolves once it has ended. */
  readonly stop: () => Promise<void>;
}

const stopTimeoutMilliseconds = 40_000;

/** Starts a part whose output goes to its log. */
export function startPart(settings: PartSettings): StackPart {
  return partOf(spawnPart(settings, settings.log.descriptor), settings);
}

/** Starts a part and reads the first line of its standard output; undefined if it ends without. */
export async function startPartWithLine(
  settings: PartSettings,
): Promise<{ part: StackPart; firstLine: string | undefined }> {
  const child = spawnPart(settings, 'pipe');
  const part = partOf(child, settings);
  const firstLine = await new Promise<string | undefined>((resolve) => {
    child.once('close', () => resolve(undefined));
    if (child.stdout !== null) createInterface({ input: child.stdout }).on('line', resolve);
  });
  return { part, firstLine };
}

function spawnPart(settings: PartSettings, output: number | 'pipe'): ChildProcess {
  const { entry, repositoryRoot, environment, log } = settings;
  const file = join(repositoryRoot, entry);
  if (!existsSync(file)) throw new Error(`${entry} is not there: build it with npx turbo build.`);
  return spawnWithParent(process.execPath, [file], {
    directory: repositoryRoot,
    environment,
    output,
    errorOutput: log.descriptor,
  });
}

function partOf(child: ChildProcess, { name, log }: PartSettings): StackPart {
  const ended = new Promise<string>((resolve) => {
    child.once('close', (code, signal) => {
      resolve(`The ${name} ended with ${signal ?? `code ${code}`}.`);
    });
    child.once('error', (error) => resolve(`The ${name} cannot be run: ${error.message}.`));
  });
  let stopping: Promise<void> | undefined;
  const stop = async (): Promise<void> => {
    const timer = setTimeout(() => child.kill('SIGKILL'), stopTimeoutMilliseconds);
    child.kill('SIGTERM');
    await ended;
    clearTimeout(timer);
    log.close();
  };
  return {
    name,
    exited: ended.then(async (reason) => `${reason}${await log.tail()}`),
    stop: () => (stopping ??= stop()),
  };
}
