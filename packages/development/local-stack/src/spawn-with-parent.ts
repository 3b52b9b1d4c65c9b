import { spawn, type ChildProcess, type StdioOptions } from 'node:child_process';

/**
 * Standard input is a pipe from this process, which the system closes whatever way this process
 * ends: then the shell's background half asks the program to stop. The other half becomes the
 * program itself, so that its process number is the child's.
 */
const endWithParent =
  'exec 3<&0; { read -r _ <&3; kill -TERM $$; } >/dev/null 2>&1 & exec "$@" </dev/null 3<&-';

export interface SpawnSettings {
  readonly directory: string;
  readonly environment: NodeJS.ProcessEnv;
  readonly output: Extract<StdioOptions, unknown[]>[number];
  readonly errorOutput: Extract<StdioOptions, unknown[]>[number];
}

/**
 * Starts a program that gets SIGTERM when this process is gone, even if it was killed. It runs in a
 * session of its own: a Ctrl-C in the terminal is for this process, which stops it in order.
 *
 * It serves any program, Redis too, but only what this process starts itself. What npm starts looks for its parent
 * (`scripts/end-with-parent.mjs`), and a process that takes orders over an IPC channel ends with the channel.
 */
export function spawnWithParent(
  program: string,
  argumentList: readonly string[],
  { directory, environment, output, errorOutput }: SpawnSettings,
): ChildProcess {
  const child = spawn('sh', ['-c', endWithParent, 'sh', program, ...argumentList], {
    cwd: directory,
    env: environment,
    detached: true,
    stdio: ['pipe', output, errorOutput],
  });
  // A pipe that breaks with the program is not an error, and the shell's half must not linger.
  child.stdin?.on('error', () => undefined);
  child.once('exit', () => child.stdin?.destroy());
  return child;
}
