import type { ChildProcess } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { spawnWithParent } from '../spawn-with-parent.ts';
import { recordServer } from './process-identity.ts';
import {
  type ServerCommand,
  type ServerPlace,
  serverSettings,
  settingsFileName,
} from './server-command.ts';

export type LaunchResult =
  | {
      readonly kind: 'running';
      /** Resolves with the reason once the server ended. */
      readonly exited: Promise<string>;
      stop(): Promise<void>;
    }
  | { readonly kind: 'failed'; readonly reason: string };

const startTimeoutMilliseconds = 60_000;
const stopTimeoutMilliseconds = 15_000;
const keptOutputLines = 20;

/** Starts the server and waits until it answers. */
export async function launchServer(
  command: ServerCommand,
  { dataDirectory, port, password }: ServerPlace & { readonly password: string },
): Promise<LaunchResult> {
  await writeFile(join(dataDirectory, settingsFileName), serverSettings(command, password), {
    mode: 0o600,
  });
  const server = spawnWithParent(command.program, command.arguments, {
    directory: dataDirectory,
    environment: command.environment,
    output: 'pipe',
    errorOutput: 'pipe',
  });
  const exited = whenExited(server);
  if (server.pid !== undefined) await recordServer(dataDirectory, server.pid);
  const stop = async (): Promise<void> => {
    const timer = setTimeout(() => server.kill('SIGKILL'), stopTimeoutMilliseconds);
    server.kill('SIGTERM');
    await exited;
    clearTimeout(timer);
    await command.cleanUp?.();
  };
  const failure = await Promise.race([exited, whenAnswering(server, port, password)]);
  if (failure === undefined) return { kind: 'running', exited, stop };
  await stop();
  return { kind: 'failed', reason: failure };
}

/** Resolves with the reason and the last output once the server ended or could not be run. */
async function whenExited(server: ChildProcess): Promise<string> {
  const output: string[] = [];
  for (const stream of [server.stdout, server.stderr]) {
    stream?.setEncoding('utf8').on('data', (chunk: string) => {
      output.push(...chunk.split('\n').filter((line) => line.trim() !== ''));
      output.splice(0, output.length - keptOutputLines);
    });
  }
  const end = await new Promise<string>((resolve) => {
    server.once('close', (code, signal) => resolve(`it ended with ${signal ?? `code ${code}`}`));
    server.once('error', (error) => resolve(`it cannot be run: ${error.message}`));
  });
  return output.length === 0 ? end : `${end}, having printed:\n    ${output.join('\n    ')}`;
}

/** Resolves with undefined once the server answers, or with the reason why it is given up. */
async function whenAnswering(
  server: ChildProcess,
  port: number,
  password: string,
): Promise<string | undefined> {
  const deadline = performance.now() + startTimeoutMilliseconds;
  const hasEnded = (): boolean => server.exitCode !== null || server.signalCode !== null;
  while (performance.now() < deadline && !hasEnded()) {
    if (await answers(port, password)) return undefined;
    await pause(30);
  }
  return `it did not answer within ${startTimeoutMilliseconds / 1_000} s`;
}

/** Whether a Redis on the loopback address takes commands now. */
async function answers(port: number, password: string): Promise<boolean> {
  const redis = new Redis({
    host: '127.0.0.1',
    port,
    password,
    lazyConnect: true,
    connectTimeout: 1_000,
    commandTimeout: 1_000,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
  });
  // The reason comes with the rejected command too.
  redis.on('error', () => undefined);
  try {
    return (await redis.ping()) === 'PONG';
  } catch {
    return false;
  } finally {
    redis.disconnect();
  }
}
