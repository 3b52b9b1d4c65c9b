/** Ends something that takes too long, or whose caller does not want it any more. */
export interface Watch {
  /** Aborted by the caller's signal, by the time limit, or by `end`. */
  readonly signal: AbortSignal;
  readonly isOverdue: () => boolean;
  /** The time begins anew. */
  readonly restart: () => void;
  /** The time stands still, until it begins anew. */
  readonly hold: () => void;
  /** Must be called: ends what still goes on, and forgets the caller's signal. */
  readonly end: () => void;
}

/**
 * Begins a time limit. Unlike `AbortSignal.any` it leaves nothing behind at a signal that lives longer than the
 * request, and older browsers know it.
 */
export function startWatch(signal: AbortSignal | undefined, milliseconds: number): Watch {
  const controller = new AbortController();
  let isOverdue = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const expire = () => {
    isOverdue = true;
    controller.abort();
  };
  const restart = () => {
    clearTimeout(timer);
    timer = setTimeout(expire, milliseconds);
  };
  const follow = () => controller.abort(signal?.reason);
  if (signal?.aborted === true) follow();
  signal?.addEventListener('abort', follow);
  restart();
  return {
    signal: controller.signal,
    isOverdue: () => isOverdue,
    restart,
    hold: () => clearTimeout(timer),
    end: () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', follow);
      controller.abort();
    },
  };
}

/**
 * Resolves after a time.
 *
 * @throws the signal's reason.
 */
export function pause(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop);
      resolve();
    }, milliseconds);
    if (signal?.aborted === true) stop();
    else signal?.addEventListener('abort', stop, { once: true });
  });
}
