import type { Logger } from './logger.ts';

/** One part of a service that has to be closed. */
export interface Closer {
  readonly name: string;
  /** May return a promise, which is waited for. */
  readonly close: () => unknown;
}

export interface CloseSettings {
  readonly logger: Logger;
  /** For all closers together. */
  readonly timeLimitMilliseconds: number;
}

export type CloseOutcome =
  | { readonly kind: 'closed' }
  | { readonly kind: 'failed'; readonly names: readonly string[] }
  | { readonly kind: 'timed_out'; readonly name: string };

/**
 * Closes one part after the other. A part that fails is logged and does not keep the next ones
 * from closing; when the time is up, the part that hangs is named and the rest is left.
 */
export async function closeInOrder(
  closers: readonly Closer[],
  { logger, timeLimitMilliseconds }: CloseSettings,
): Promise<CloseOutcome> {
  const failed: string[] = [];
  let timer: NodeJS.Timeout | undefined;
  const timeUp = new Promise<{ kind: 'timed_out' }>((resolve) => {
    timer = setTimeout(() => resolve({ kind: 'timed_out' }), timeLimitMilliseconds);
  });
  try {
    for (const { name, close } of closers) {
      const outcome = await Promise.race([attempt(close), timeUp]);
      if (outcome.kind === 'timed_out') {
        logger.error({ part: name, timeLimitMilliseconds }, 'closing took too long');
        return { kind: 'timed_out', name };
      }
      if (outcome.kind === 'failed') {
        failed.push(name);
        logger.error({ part: name, err: outcome.error }, 'closing failed');
      }
    }
  } finally {
    clearTimeout(timer);
  }
  return failed.length === 0 ? { kind: 'closed' } : { kind: 'failed', names: failed };
}

async function attempt(
  close: Closer['close'],
): Promise<{ kind: 'closed' } | { kind: 'failed'; error: unknown }> {
  try {
    await close();
    return { kind: 'closed' };
  } catch (error) {
    return { kind: 'failed', error };
  }
}
