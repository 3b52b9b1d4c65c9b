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
