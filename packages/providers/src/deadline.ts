/** A signal that aborts with another one or after a time, whichever is first. */
export interface Deadline {
  readonly signal: AbortSignal;
  /** True when it was the time that ran out. */
  hasPassed(): boolean;
  /** Lets go of the timer and of the other signal. Call it when the work is done. */
  clear(): void;
}

/**
 * Not `AbortSignal.any([signal, AbortSignal.timeout(milliseconds)])`: Node.js 20 holds such a timeout by a weak reference
 * alone, may collect it, and then it never fires (nodejs/node issue 57736). It could not be cleared either.
 */
export function startDeadline(milliseconds: number, signal: AbortSignal): Deadline {
  const controller = new AbortController();
  let passed = false;
  const stop = () => {
    controller.abort(signal.reason);
  };
  const timer = setTimeout(() => {
    passed = !signal.aborted;
    controller.abort(new Error(`no answer within ${milliseconds} ms`));
  }, milliseconds);
  if (signal.aborted) stop();
  else signal.addEventListener('abort', stop, { once: true });
  return {
    signal: controller.signal,
    hasPassed: () => passed,
    clear() {
      clearTimeout(timer);
      signal.removeEventListener('abort', stop);
    },
  };
}

/** Waits no longer than the signal allows. The work itself may go on: its later failure is swallowed. */
export async function untilAborted<Value>(
  work: Promise<Value>,
  signal: AbortSignal,
): Promise<Value> {
  let stop: (() => void) | undefined;
  const aborted = new Promise<never>((_resolve, reject) => {
    stop = () => {
      reject(signal.reason as Error);
    };
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    if (stop !== undefined) signal.removeEventListener('abort', stop);
  }
}

/**
 * Runs the work with a signal that aborts with either of two. Unlike `AbortSignal.any`, of which Node.js 20 keeps an entry
 * at each of the two for as long as that one lives, it leaves nothing behind.
 */
export async function withEither<Value>(
  first: AbortSignal,
  second: AbortSignal,
  work: (signal: AbortSignal) => Promise<Value>,
): Promise<Value> {
  const controller = new AbortController();
  const stop = () => {
    controller.abort((first.aborted ? first : second).reason);
  };
  const signals = [first, second];
  if (signals.some(({ aborted }) => aborted)) stop();
  for (const signal of signals) signal.addEventListener('abort', stop, { once: true });
  try {
    return await work(controller.signal);
  } finally {
    for (const signal of signals) signal.removeEventListener('abort', stop);
  }
}
