import type { Cluster, Redis } from 'ioredis';
import type { Logger } from './logger.ts';

export interface OutageLogSettings {
  readonly logger: Logger | undefined;
  /** Host and port, without credentials. */
  readonly address: string;
  readonly role: string;
}

/**
 * Logs one line when Redis goes away and one when it is back, however often the connection is
 * tried in between. Also keeps a connection error from ending the process.
 */
export function logOutages(
  redis: Redis | Cluster,
  { logger, address, role }: OutageLogSettings,
): void {
  let awaySince: number | undefined;
  redis.on('error', (error: Error) => {
    if (awaySince !== undefined) return;
    awaySince = performance.now();
    logger?.error({ redis: address, role, err: error }, 'Redis is away, reconnecting');
  });
  redis.on('ready', () => {
    if (awaySince === undefined) return;
    const seconds = Math.round((performance.now() - awaySince) / 100) / 10;
    awaySince = undefined;
    logger?.info({ redis: address, role, seconds }, 'Redis is back');
  });
}
