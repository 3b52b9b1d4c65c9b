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
 * What runs is written into memory that the thread reads when it needs it: a message for each start and end would cost
 * a worker a twentieth of its time. A slot holds a length in two bytes, and JSON. What is longer, or runs beside so many
 * others, is not named.
 */
const slotBytes = 1_024;
const slotCount = 512;

/**
 * Ends this process with SIGKILL once its event loop stands still for longer than the limit: a thread of its own looks
 * whether a timer of this one goes on. Nothing else can help a process that computes without end, and everything that it
 * holds waits for it. What was running is logged first, in one line.
 *
 * A process that was stopped as a whole, or that is being debugged, is let live.
 */
export function startWatchdog({ name, limit, isSilent = false }: WatchdogSettings): Watchdog {
  const state = new Int32Array(new SharedArrayBuffer(8));
  const running = new SharedArrayBuffer(slotBytes * slotCount);
  const slots = Buffer.from(running);
  const free = Array.from({ length: slotCount }, (_, slot) => slot);
  const beat = () => {
    Atomics.store(state, 1, inspector.url() === undefined ? 0 : 1);
    Atomics.add(state, 0, 1);
  };
  beat();
  const timer = setInterval(beat, limit / beatsPerLimit);
  const thread = new Worker(new URL('../threads/watch-event-loop.mjs', import.meta.url), {
    workerData: { state, name, limit, isSilent, running, slotBytes },
    execArgv: [],
    env: {},
    resourceLimits: { maxOldGenerationSizeMb: 32 },
  });
  thread.unref();
  timer.unref();
  return {
    async watch(work, run) {
      const slot = free.pop();
      if (slot === undefined) return run();
      const at = slot * slotBytes;
      const text = JSON.stringify(work);
      const length = Buffer.byteLength(text);
      if (length <= slotBytes - 2) {
        slots.write(text, at + 2);
        slots.writeUInt16LE(length, at);
      }
      try {
        return await run();
      } finally {
        slots.writeUInt16LE(0, at);
        free.push(slot);
      }
    },
    async stop() {
      clearInterval(timer);
      await thread.terminate();
    },
  };
}
