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

export function createRunningCalls(): RunningCalls {
  const running = new Map<string, AbortController>();
  const everything = new AbortController();
  return {
    async run(name, call) {
      const controller = new AbortController();
      running.set(name, controller);
      try {
        return await call(AbortSignal.any([controller.signal, everything.signal]));
      } finally {
        if (running.get(name) === controller) running.delete(name);
      }
    },
    stop(name) {
      running.get(name)?.abort(new Error('the call was stopped'));
    },
    stopAll() {
      everything.abort(new Error('the worker is shutting down'));
    },
  };
}
