import { closeInOrder, type Closer, type CloseSettings } from './close-in-order.ts';

export interface RunSettings extends CloseSettings {
  /** Closed in this order. */
  readonly closers: readonly Closer[];
}

/** A terminal sends Ctrl-C to every process, and npm passes it on: that is one key press. */
const samePressMilliseconds = 500;

/**
 * Keeps a service running until SIGTERM or SIGINT, then closes its parts and ends the process: with
 * code 0 if all closed, else 1. A second signal ends it at once.
 */
export function runUntilSignal({ closers, logger, timeLimitMilliseconds }: RunSettings): void {
  let firstAt: number | undefined;
  const stop = async (signal: NodeJS.Signals): Promise<void> => {
    logger.info({ signal }, 'stopping');
    const outcome = await closeInOrder(closers, { logger, timeLimitMilliseconds });
    logger.info({ outcome: outcome.kind }, 'stopped');
    process.exit(outcome.kind === 'closed' ? 0 : 1);
  };
  const onSignal = (signal: NodeJS.Signals): void => {
    if (firstAt === undefined) {
      firstAt = performance.now();
      void stop(signal);
    } else if (performance.now() - firstAt > samePressMilliseconds) {
      process.exit(signal === 'SIGINT' ? 130 : 143);
    }
  };
  process.on('SIGTERM', onSignal);
  process.on('SIGINT', onSignal);
}
