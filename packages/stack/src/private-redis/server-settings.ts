import type { ServerCommand } from './server-command.ts';

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
    '',
  ].join('\n');
}
