import { execFile } from 'node:child_process';

export interface CommandSettings {
  readonly timeoutMilliseconds: number;
  readonly environment?: NodeJS.ProcessEnv;
  readonly directory?: string;
}

export type CommandResult =
  | { readonly kind: 'done'; readonly output: string }
  | { readonly kind: 'failed'; readonly reason: string };

/** Runs a program to its end without a shell; never throws. `reason` ends with what it printed last. */
export async function runCommand(
  program: string,
  argumentList: readonly string[],
  { timeoutMilliseconds, environment, directory }: CommandSettings,
): Promise<CommandResult> {
  return await new Promise((resolve) => {
    execFile(
      program,
      [...argumentList],
      {
        timeout: timeoutMilliseconds,
        killSignal: 'SIGKILL',
        maxBuffer: 16 * 1024 * 1024,
        ...(environment !== undefined && { env: environment }),
        ...(directory !== undefined && { cwd: directory }),
      },
      (error, output, errorOutput) => {
        if (error === null) {
          resolve({ kind: 'done', output });
          return;
        }
        const cause = error.killed
          ? `did not end within ${timeoutMilliseconds / 1_000} s`
          : (error.code ?? 'failed');
        const lastLine = errorOutput.trim().split('\n').at(-1) ?? '';
        resolve({ kind: 'failed', reason: `${program}: ${cause} ${lastLine}`.trim() });
      },
    );
  });
}
