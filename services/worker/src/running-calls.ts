import { ShortLivedMap } from '@pawl/contracts';

/**
 * Calls that this process has in flight and that somebody elsewhere may want to end: a stop that is published for one
 * aborts it, and so does the end of the grace period when the worker is shut down.
 */
export interface RunningCalls {
  /** Runs the call with a signal; the name is how stops find it. */
  run<Result>(
    name: string,
    call: (signal: AbortSignal) => Promise<Result>,
    options?: {
      /** Tells a stop that was missed. */
      readonly isLost?: () => Promise<boolean>;
      /** Of what else may end the call. Default: one of its own. */
      readonly controller?: AbortController;
    },
  ): Promise<Result>;
  stop(name: string): void;
  /** Aborts the calls that are lost: what is published while a connection is down reaches nobody. */
  stopLost(): Promise<void>;
  /** Aborts everything that runs, and whatever starts from now on. */
  stopAll(): void;
}

/** Stops that may be for a call that has just been claimed and is about to be registered. */
const remembered = 1_000;

function stopped(): Error {
  return new Error('the call was stopped');
}

function shuttingDown(): Error {
  return new Error('the worker is shutting down');
}

interface RunningCall {
  readonly controller: AbortController;
  readonly isLost: () => Promise<boolean>;
}

export function createRunningCalls(): RunningCalls {
  const running = new ShortLivedMap<string, RunningCall>();
  const early = new Set<string>();
  // No signal that outlives the calls: Node.js 20 keeps an entry at it for each signal that follows it.
  let isOver = false;
  return {
    async run(name, call, { isLost = async () => false, controller = new AbortController() } = {}) {
      const entry: RunningCall = { controller, isLost };
      running.set(name, entry);
      if (early.delete(name)) controller.abort(stopped());
      if (isOver) controller.abort(shuttingDown());
      try {
        return await call(controller.signal);
      } finally {
        if (running.get(name) === entry) running.delete(name);
      }
    },
    stop(name) {
      const entry = running.get(name);
      if (entry !== undefined) {
        entry.controller.abort(stopped());
        return;
      }
      early.add(name);
      const [oldest] = early;
      if (early.size > remembered && oldest !== undefined) early.delete(oldest);
    },
    async stopLost() {
      await Promise.all(
        [...running.values()].map(async ({ controller, isLost }) => {
          if (await isLost()) controller.abort(stopped());
        }),
      );
    },
    stopAll() {
      isOver = true;
      for (const { controller } of running.values()) controller.abort(shuttingDown());
    },
  };
}
