import { randomBytes } from 'node:crypto';
import { mkdir, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findFreePort } from '../ports.ts';
import { claimDirectory, type DirectoryClaim } from './claim-directory.ts';
import { findContainerServer } from './container-server.ts';
import { launchServer } from './launch-server.ts';
import { findPackageServer, type PackageSettings } from './package-server.ts';
import { endOrphan, forgetServer } from './process-identity.ts';
import {
  findProgram,
  programCommand,
  type ServerCommand,
  type ServerWay,
} from './server-command.ts';

export type PrivateRedisWay = ServerCommand['kind'];

export interface PrivateRedisSettings {
  /** Holds the data (in `redis/`) and the unpacked packages (in `packages/`). */
  readonly directory: string;
  /** Default: a free one. */
  readonly port?: number;
  /** Default: a random one, in the URL. Letters and digits. */
  readonly password?: string;
  /** Told what takes time or leaves something on the disk, one sentence a call. */
  readonly log: (line: string) => void;
  /** Where packages are kept; default: `packages/` in `directory`. */
  readonly packageDirectory?: string;
  /** Which ways to try, in this order; default: program, container, package. */
  readonly ways?: readonly PrivateRedisWay[];
  /** For a container. */
  readonly image?: string;
}

export interface PrivateRedis {
  readonly url: string;
  /** What it runs as: a program of the system, a container, or an unpacked package. */
  readonly source: { readonly kind: PrivateRedisWay; readonly description: string };
  /** Resolves with the reason once the server ended, be it by `stop`. */
  readonly exited: Promise<string>;
  /** Writes everything to disk, ends the server and gives the directory free. */
  readonly stop: () => Promise<void>;
}

const serverNames = ['redis-server', 'valkey-server'] as const;
const defaultWays = ['program', 'container', 'package'] as const;
const defaultImage = 'redis:7.4-alpine';

/**
 * Starts a Redis of this directory's own on the loopback address, append-only and evicting nothing,
 * from what the machine has: see `ways`. It ends with the process that started it, even if that is
 * killed; the data stays.
 *
 * @throws DirectoryInUseError if another process runs one here.
 * @throws Error that lists why each way failed and says what to install.
 */
export async function startPrivateRedis(settings: PrivateRedisSettings): Promise<PrivateRedis> {
  await mkdir(join(settings.directory, 'redis'), { recursive: true, mode: 0o700 });
  const dataDirectory = await realpath(join(settings.directory, 'redis'));
  const claim = await claimDirectory(dataDirectory);
  try {
    await endOrphan(dataDirectory, settings.log);
    return await startFirst(settings, dataDirectory, claim);
  } catch (error) {
    await claim.release();
    throw error;
  }
}

/**
 * The URL of the private Redis that runs in a directory, for commands beside it; undefined where none does. It holds
 * the password, and only the user who started the server can read it.
 */
export async function runningRedisUrl(directory: string): Promise<string | undefined> {
  try {
    return (await readFile(addressFile(directory), 'utf8')).trim();
  } catch {
    return undefined;
  }
}

function addressFile(directory: string): string {
  return join(directory, 'redis', 'url');
}

async function startFirst(
  settings: PrivateRedisSettings,
  dataDirectory: string,
  claim: DirectoryClaim,
): Promise<PrivateRedis> {
  const reasons: string[] = [];
  for (const kind of settings.ways ?? defaultWays) {
    const way = await findWay[kind](settings);
    if (way.kind === 'unavailable') {
      reasons.push(`${kind}: ${way.reason}`);
      continue;
    }
    const port = settings.port ?? (await findFreePort());
    const password = settings.password ?? randomBytes(16).toString('hex');
    const command = way.command({ dataDirectory, port });
    const launched = await launchServer(command, { dataDirectory, port, password });
    if (launched.kind === 'running') {
      const url = `redis://default:${password}@127.0.0.1:${port}/0`;
      await writeFile(addressFile(settings.directory), `${url}\n`, { mode: 0o600 });
      return {
        url,
        source: { kind, description: command.description },
        exited: launched.exited,
        stop: once(async () => {
          await rm(addressFile(settings.directory), { force: true });
          await launched.stop();
          await forgetServer(dataDirectory);
          await claim.release();
        }),
      };
    }
    reasons.push(`${kind}: ${command.description} did not start: ${launched.reason}`);
  }
  throw new Error(`No private Redis could be started.\n  ${reasons.join('\n  ')}`);
}

const findWay: Record<PrivateRedisWay, (settings: PrivateRedisSettings) => Promise<ServerWay>> = {
  program: findInstalledServer,
  container: ({ image = defaultImage, log }) =>
    findContainerServer({ image, pullTimeoutMilliseconds: 120_000, log }),
  package: ({ directory, packageDirectory = join(directory, 'packages'), log }) =>
    findPackageServer({ packageDirectory, log }),
};

async function findInstalledServer(): Promise<ServerWay> {
  const program = await findProgram(serverNames, process.env['PATH']);
  if (program === undefined) {
    return { kind: 'unavailable', reason: `no ${serverNames.join(' or ')} on the PATH` };
  }
  return {
    kind: 'found',
    command: (place) => programCommand('program', program, process.env, place),
  };
}

/** The program of a Redis server as this machine has it, or as a package of the system brings it; undefined: none. */
export async function findRedisProgram(
  settings: PackageSettings,
): Promise<Pick<ServerCommand, 'program' | 'environment'> | undefined> {
  for (const find of [findInstalledServer, () => findPackageServer(settings)]) {
    const way = await find();
    if (way.kind === 'found') return way.command({ dataDirectory: '', port: 0 });
  }
  return undefined;
}

function once(action: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined;
  return async () => {
    running ??= action();
    await running;
  };
}
