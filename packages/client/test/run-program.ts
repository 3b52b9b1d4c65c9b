import { execFile, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { onTestFinished } from 'vitest';

interface Finished {
  readonly code: number;
  /** Both streams. */
  readonly output: string;
}

/** Runs a program with Node.js to its end, with nothing of this process's environment but PATH and HOME. */
export function runProgram(
  words: readonly string[],
  environment: Readonly<Record<string, string>> = {},
  directory = process.cwd(),
): Promise<Finished> {
  return new Promise((resolve) => {
    const env = { ...essential(), ...environment };
    execFile(process.execPath, [...words], { env, cwd: directory }, (error, stdout, stderr) => {
      const code = typeof error?.code === 'number' ? error.code : error === null ? 0 : -1;
      resolve({ code, output: stdout + stderr });
    });
  });
}

/** Starts a program that serves; ended with the test. Resolves with what it prints, once it has said that it listens. */
export async function startProgram(
  words: readonly string[],
  environment: Readonly<Record<string, string>>,
): Promise<readonly string[]> {
  const env = { ...essential(), ...environment };
  const child = spawn(process.execPath, [...words], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill());
  const lines: string[] = [];
  await new Promise<void>((resolve, reject) => {
    child.once('exit', () => reject(new Error(`${words.join(' ')} has ended`)));
    createInterface(child.stdout).on('line', (line) => {
      lines.push(line);
      if (line.startsWith('listening')) resolve();
    });
  });
  return lines;
}

function essential(): Record<string, string> {
  const { PATH = '', HOME = '' } = process.env;
  return { PATH, HOME };
}
