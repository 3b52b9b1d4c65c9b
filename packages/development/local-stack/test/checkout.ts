import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findFreePort } from '../src/index.ts';

const repositoryRoot = fileURLToPath(new URL('../../../..', import.meta.url));

/** A folder that looks like a checkout: the real scripts and the real build, with data of its own. */
export interface Checkout {
  readonly directory: string;
  /** Runs npm with these words there, in a process group of its own. */
  readonly npm: (words: readonly string[], environment?: Environment) => CommandRun;
  readonly node: (words: readonly string[], environment?: Environment) => CommandRun;
  /** Ends every command that still runs, with all that it started, and removes the folder. */
  readonly remove: () => Promise<void>;
}

type Environment = Readonly<Record<string, string>>;

interface CommandRun {
  readonly process: ChildProcess;
  /** What it has printed so far, both streams. */
  readonly printed: () => string;
  /** Resolves with its exit code once it and everything that shares its output has ended. */
  readonly closed: Promise<number | null>;
}

/** Its build tool does nothing: whoever runs the tests has built. */
export async function makeCheckout(): Promise<Checkout> {
  const directory = await mkdtemp(join(tmpdir(), 'pawl-checkout-'));
  const copied = ['scripts', 'package.json', 'package-lock.json', 'turbo.json'];
  await Promise.all(
    copied.map((name) =>
      cp(join(repositoryRoot, name), join(directory, name), { recursive: true }),
    ),
  );
  for (const name of ['packages', 'services']) {
    await symlink(join(repositoryRoot, name), join(directory, name));
  }
  await mkdir(join(directory, '.pawl'));
  await symlink(join(repositoryRoot, '.pawl/packages'), join(directory, '.pawl/packages'));
  await mkdir(join(directory, 'node_modules/.bin'), { recursive: true });
  await writeFile(join(directory, 'node_modules/.bin/turbo'), '#!/bin/sh\n', { mode: 0o755 });
  await writeFile(join(directory, 'node_modules/.package-lock.json'), '{}');
  // The usual port is for whoever else runs on this machine.
  const port = String(await findFreePort());
  const runs: CommandRun[] = [];
  const run =
    (program: string): Checkout['npm'] =>
    (words, environment = {}) => {
      const started = runCommand(directory, [program, ...words], { PORT: port, ...environment });
      runs.push(started);
      return started;
    };
  return {
    directory,
    npm: run('npm'),
    node: run(process.execPath),
    async remove() {
      for (const started of runs) await endGroup(started);
      await rm(directory, { recursive: true, maxRetries: 10, retryDelay: 100 });
    },
  };
}

function runCommand(
  directory: string,
  [program = '', ...words]: readonly string[],
  environment: Environment,
): CommandRun {
  const { PATH, HOME } = process.env;
  const child = spawn(program, words, {
    cwd: directory,
    env: { PATH, HOME, npm_config_update_notifier: 'false', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  }
  const closed = once(child, 'close').then(([code]) => code as number | null);
  return { process: child, printed: () => text, closed };
}

/** The parts of a local stack are in sessions of their own, and end with the process that started them. */
async function endGroup({ process: leader, closed }: CommandRun): Promise<void> {
  try {
    process.kill(-Number(leader.pid), 'SIGKILL');
  } catch {
    // All have ended.
  }
  await closed;
}
