import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';

/** How to run a Redis server: which program, and where it finds its settings and data. */
export interface ServerCommand {
  readonly kind: 'program' | 'container' | 'package';
  /** For people: "/usr/bin/redis-server". */
  readonly description: string;
  readonly program: string;
  readonly arguments: readonly string[];
  readonly environment: NodeJS.ProcessEnv;
  /** As the server sees them, which differs in a container. */
  readonly dataDirectory: string;
  readonly address: string;
  readonly port: number;
  /** Run after the server ended, should anything of it remain. */
  readonly cleanUp?: () => Promise<unknown>;
}

/** Where the server is to run; `port` is free on the loopback address. */
export interface ServerPlace {
  readonly dataDirectory: string;
  readonly port: number;
}

/** One way to get a Redis server: the command, or a sentence that says why this way is closed. */
export type ServerWay =
  | { readonly kind: 'found'; command(place: ServerPlace): ServerCommand }
  | { readonly kind: 'unavailable'; readonly reason: string };

export const settingsFileName = 'redis.conf';

export function programCommand(
  kind: 'program' | 'package',
  program: string,
  environment: NodeJS.ProcessEnv,
  { dataDirectory, port }: ServerPlace,
): ServerCommand {
  return {
    kind,
    description: program,
    program,
    arguments: [`${dataDirectory}/${settingsFileName}`],
    environment,
    dataDirectory,
    address: '127.0.0.1',
    port,
  };
}

/** The server's configuration file: everything it is told, the password included, stands there. */
export function serverSettings(command: ServerCommand, password: string): string {
  return [
    `dir "${command.dataDirectory.replaceAll(/["\\]/g, '\\$&')}"`,
    `bind ${command.address}`,
    `port ${command.port}`,
    `requirepass ${password}`,
    'daemonize no',
    'appendonly yes',
    'appendfsync everysec',
    'save ""',
    'maxmemory-policy noeviction',
    // The name that every version of Redis knows: small hashes in one piece of memory.
    'hash-max-ziplist-value 1024',
    '',
  ].join('\n');
}

/** The first of these programs that a folder of `path` (as in `PATH`) holds, as an absolute path. */
export async function findProgram(
  names: readonly string[],
  path: string | undefined,
): Promise<string | undefined> {
  const folders = (path ?? '').split(delimiter).filter((folder) => folder !== '');
  for (const name of names) {
    for (const folder of folders) {
      const file = join(folder, name);
      if (await isExecutable(file)) return file;
    }
  }
  return undefined;
}

async function isExecutable(file: string): Promise<boolean> {
  try {
    await access(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
