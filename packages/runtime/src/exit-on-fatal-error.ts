import { type Logger, serializeError } from './logger.ts';
import { isRedisUnavailable } from './redis-unavailable.ts';
import { countRepeats } from './repeated-errors.ts';

/** Where a fatal error is told; a test passes its own. */
export interface FatalErrorTarget {
  readonly logger: Logger;
  readonly stderr: { write(text: string): unknown };
  exit(code: number): void;
}

/**
 * Logs an error that nobody caught, says on stderr what it says, then ends the process with code 1. Node's own report
 * would print the whole error, request headers included. That Redis cannot be reached is logged, and survived.
 */
export function exitOnFatalError(logger: Logger): void {
  const target = targetOf(countRepeats(logger));
  const onFatal = (error: unknown): void => reportFatalError(error, target);
  process.on('uncaughtException', onFatal);
  process.on('unhandledRejection', onFatal);
}

/** Starts a service. What goes wrong until then ends the process, also that Redis cannot be reached. */
export async function startOrExit<Started>(
  logger: Logger,
  start: () => Promise<Started>,
): Promise<Started> {
  try {
    return await start();
  } catch (error) {
    endProcess(error, targetOf(logger));
    throw error;
  }
}

/**
 * A lost connection to Redis is survived wherever it surfaces, also within a library that does not handle it: whatever
 * was under way learns of it by itself. The process ends on the rest.
 */
export function reportFatalError(error: unknown, target: FatalErrorTarget): void {
  if (!isRedisUnavailable(error)) endProcess(error, target);
  else target.logger.error({ err: error }, 'a lost connection to Redis that nobody handled');
}

/** The line for machines first: the sentence for people is the last that is seen. */
function endProcess(error: unknown, { logger, stderr, exit }: FatalErrorTarget): void {
  logger.fatal({ err: error }, 'an error that nobody handled');
  stderr.write(`${serializeError(error).message}\n`);
  exit(1);
}

function targetOf(logger: Logger): FatalErrorTarget {
  return { logger, stderr: process.stderr, exit: (code) => process.exit(code) };
}
