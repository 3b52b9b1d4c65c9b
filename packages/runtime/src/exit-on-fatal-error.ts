import type { Logger } from './logger.ts';

/**
 * Logs an error that nobody caught, then ends the process with code 1. Node's own report would
 * print the whole error, request headers included.
 */
export function exitOnFatalError(logger: Logger): void {
  const onFatal = (error: unknown): void => {
    logger.fatal({ err: error }, 'an error that nobody handled');
    process.exit(1);
  };
  process.on('uncaughtException', onFatal);
  process.on('unhandledRejection', onFatal);
}
