/**
 * Calls that this process has in flight and that somebody elsewhere may want to end: a stop that is published for one
 * aborts it, and so does the end of the grace period when the worker is shut down.
 */
export interface RunningCalls {
  /** Runs the call with a signal; the name is how stops find it. */
  run<Result>(name: string, call: (signal: AbortSignal) => Promise<Result>): Promise<Result>;
  stop(name: string): void;
  /** Aborts everything that runs, and whatever starts from now on. */
  stopAll(): void;
}

/** Stops that may be for a call that has just been claimed and is about to be registered. */
const remembered = 1_000;

function stopped(): Error {
  return new Error('the call was stopped');
}

export function createRunningCalls(): RunningCalls {
  const running = new Map<string, AbortController>();
  const early = new Set<string>();
  const everything = new AbortController();
  return {
    async run(name, call) {
      const controller = new AbortController();
      running.set(name, controller);
      if (early.delete(name)) controller.abort(stopped());
      try {
        return await call(AbortSignal.any([controller.signal, everything.signal]));
      } finally {
        if (running.get(name) === controller) running.delete(name);
      }
    },
    stop(name) {
      const controller = running.get(name);
      if (controller !== undefined) {
        controller.abort(stopped());
        return;
      }
      early.add(name);
      const [oldest] = early;
      if (early.size > remembered && oldest !== undefined) early.delete(oldest);
    },
    stopAll() {
      everything.abort(new Error('the worker is shutting down'));
    },
  };
}
