import { closeInOrder, type Closer, type CloseSettings } from './close-in-order.ts';

export interface RunSettings extends CloseSettings {
  /** Closed in this order. */
  readonly closers: readonly Closer[];
}

type StopReason = NodeJS.Signals | 'parent ended';

/**
 * Keeps a service running until SIGTERM or SIGINT, then closes its parts and ends the process: with
 * code 0 if all closed, else 1. A second signal ends it at once. A service that was started with
 * an IPC channel also stops when its parent is gone, so that a killed parent leaves nothing behind.
 */
export function runUntilSignal({ closers, logger, timeLimitMilliseconds }: RunSettings): void {
  let isStopping = false;
  const stop = async (reason: StopReason): Promise<void> => {
    isStopping = true;
    logger.info({ reason }, 'stopping');
    const outcome = await closeInOrder(closers, { logger, timeLimitMilliseconds });
    logger.info({ outcome: outcome.kind }, 'stopped');
    process.exit(outcome.kind === 'closed' ? 0 : 1);
  };
  const onSignal = (signal: NodeJS.Signals): void => {
    if (isStopping) process.exit(signal === 'SIGINT' ? 130 : 143);
    void stop(signal);
  };
  process.on('SIGTERM', onSignal);
  process.on('SIGINT', onSignal);
  process.once('disconnect', () => {
    if (!isStopping) void stop('parent ended');
  });
  process.channel?.unref();
}
