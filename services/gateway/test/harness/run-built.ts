import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export interface Finished {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a built program of the gateway to its end, with nothing of this process's environment but PATH. */
export async function runBuilt(
  file: 'main.js' | 'keys.js' | 'limits.js',
  programArguments: readonly string[],
  environment: Readonly<Record<string, string>>,
): Promise<Finished> {
  const path = fileURLToPath(new URL(`../../dist/${file}`, import.meta.url));
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [path, ...programArguments],
      { env: { PATH: process.env['PATH'], NODE_ENV: 'production', ...environment } },
      (error, stdout, stderr) => {
        const code = typeof error?.code === 'number' ? error.code : error === null ? 0 : -1;
        resolve({ code, stdout, stderr });
      },
    );
  });
}
