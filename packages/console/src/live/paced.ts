/** Nothing waits longer than this for an answer that does not come. Milliseconds. */
const longestRead = 10_000;

export interface Paced {
  /** Reads a moment from now, or once the reading that goes on is done. */
  soon(): void;
  stop(): void;
}

/**
 * Reads again what has changed, for changes that come in bursts: once for all that come within a pause, and never while
 * the last reading still goes on. A reading that each change began anew would never end while changes come faster than
 * answers.
 *
 * @param pause milliseconds
 */
export function paced(read: () => Promise<unknown>, pause: number): Paced {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isReading = false;
  let isWanted = false;
  let isStopped = false;
  const soon = () => {
    isWanted = true;
    if (!isReading && !isStopped) timer ??= setTimeout(() => void run(), pause);
  };
  const run = async () => {
    timer = undefined;
    isWanted = false;
    isReading = true;
    await Promise.race([read().catch(() => undefined), wait(longestRead)]);
    isReading = false;
    if (isWanted) soon();
  };
  return {
    soon,
    stop() {
      isStopped = true;
      clearTimeout(timer);
    },
  };
}

function wait(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, milliseconds);
  });
}
