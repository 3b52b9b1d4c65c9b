import inspector from 'node:inspector';
import { Worker } from 'node:worker_threads';

export interface Watchdog {
  /** Names work while it runs, for the line that is logged if the process is ended. `work` is JSON. */
  watch<Result>(work: object, run: () => Promise<Result>): Promise<Result>;
  stop(): Promise<void>;
}

export interface WatchdogSettings {
  /** The service's name, as in its log. */
  readonly name: string;
  /** For how long the event loop may stand still, in milliseconds. */
  readonly limit: number;
  /** True: the process is ended without a word. */
  readonly isSilent?: boolean;
}

const beatsPerLimit = 10;

/**
 * Ends this process with SIGKILL once its event loop stands still for longer than the limit: a thread of its own looks
 * whether a timer of this one goes on. Nothing else can help a process that computes without end, and everything that it
 * holds waits for it. What was running is logged first, in one line.
 *
 * A process that was stopped as a whole, or that is being debugged, is let live.
 */
export function startWatchdog({ name, limit, isSilent = false }: WatchdogSettings): Watchdog {
  const state = new Int32Array(new SharedArrayBuffer(8));
  const beat = () => {
    Atomics.store(state, 1, inspector.url() === undefined ? 0 : 1);
    Atomics.add(state, 0, 1);
  };
  beat();
  const timer = setInterval(beat, limit / beatsPerLimit);
  const thread = new Worker(new URL('../threads/watch-event-loop.mjs', import.meta.url), {
    workerData: { state, name, limit, isSilent },
    execArgv: [],
    env: {},
    resourceLimits: { maxOldGenerationSizeMb: 32 },
  });
  thread.unref();
  timer.unref();
  let next = 0;
  return {
    async watch(work, run) {
      const id = next;
      next += 1;
      thread.postMessage({ id, work });
      try {
        return await run();
      } finally {
        thread.postMessage({ id });
      }
    },
    async stop() {
      clearInterval(timer);
      await thread.terminate();
    },
  };
}
