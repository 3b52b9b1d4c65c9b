import { type Logger, serializeError } from './logger.ts';

/** Where a fatal error is told; a test passes its own. */
export interface FatalErrorTarget {
  readonly logger: Logger;
  readonly stderr: { write(text: string): unknown };
  exit(code: number): void;
}

/**
 * Logs an error that nobody caught, says on stderr what it says, then ends the process with code 1.
 * Node's own report would print the whole error, request headers included.
 */
export function exitOnFatalError(logger: Logger): void {
  const onFatal = (error: unknown): void =>
    reportFatalError(error, {
      logger,
      stderr: process.stderr,
      exit: (code) => process.exit(code),
    });
  process.on('uncaughtException', onFatal);
  process.on('unhandledRejection', onFatal);
}

/** The line for machines first: the sentence for people is the last that is seen. */
export function reportFatalError(error: unknown, { logger, stderr, exit }: FatalErrorTarget): void {
  logger.fatal({ err: error }, 'an error that nobody handled');
  stderr.write(`${serializeError(error).message}\n`);
  exit(1);
}
