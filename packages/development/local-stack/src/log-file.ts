import { closeSync, openSync, renameSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Where a part of the local stack writes what it logs. */
export interface LogSink {
  /** An open file descriptor, to be inherited. */
  readonly descriptor: number;
  /** The last lines, for an error; empty where they have been seen already. */
  readonly tail: () => Promise<string>;
  readonly close: () => void;
}

const tailLines = 15;

/** This process's standard error. */
export const terminalSink: LogSink = {
  descriptor: 2,
  tail: () => Promise.resolve(''),
  close: () => undefined,
};

/** A file that holds one run; the file of the run before is kept beside it. */
export async function openLogFile(directory: string, name: string): Promise<LogSink> {
  await mkdir(directory, { recursive: true });
  const file = join(directory, `${name}.log`);
  keepPrevious(file, join(directory, `${name}.previous.log`));
  const descriptor = openSync(file, 'a', 0o600);
  return {
    descriptor,
    async tail() {
      const lines = endOfLog(await readFile(file, 'utf8'));
      return lines.length === 0 ? '' : `\nThe end of ${file}:\n  ${lines.join('\n  ')}`;
    },
    close: () => closeSync(descriptor),
  };
}

/** The sentences that it ends with, for people; without any, the last of its lines for machines. */
export function endOfLog(text: string): string[] {
  const lines = text.trimEnd().split('\n').slice(-tailLines);
  const sentences = lines.slice(lines.findLastIndex((line) => line.startsWith('{')) + 1);
  return (sentences.length > 0 ? sentences : lines).filter((line) => line !== '');
}

function keepPrevious(file: string, previous: string): void {
  try {
    renameSync(file, previous);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}
