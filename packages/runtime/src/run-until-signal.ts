import { listenForStop, signalExitCodes, type StopSignal } from '../signals/stop-signals.mjs';
import { closeInOrder, type Closer, type CloseSettings } from './close-in-order.ts';

export interface RunSettings extends CloseSettings {
  /** Closed in this order. */
  readonly closers: readonly Closer[];
}

/**
 * Keeps a service running until SIGTERM or SIGINT, then closes its parts and ends the process: with
 * code 0 if all closed, else 1. A second signal ends it at once.
 */
export function runUntilSignal({ closers, logger, timeLimitMilliseconds }: RunSettings): void {
  const stop = async (signal: StopSignal): Promise<void> => {
    logger.info({ signal }, 'stopping');
    const outcome = await closeInOrder(closers, { logger, timeLimitMilliseconds });
    logger.info({ outcome: outcome.kind }, 'stopped');
    process.exit(outcome.kind === 'closed' ? 0 : 1);
  };
  listenForStop({
    signals: ['SIGTERM', 'SIGINT'],
    first: (signal) => void stop(signal),
    again: (signal) => process.exit(signalExitCodes[signal]),
  });
}
