import { listenForStop, signalExitCodes, type SignalSource } from '@pawl/runtime/stop-signals';

export interface Interrupt {
  /** Aborted by the first signal. */
  readonly signal: AbortSignal;
  /** The exit code that belongs to the first signal, if one came. */
  exitCode(): number | undefined;
  stopListening(): void;
}

export interface InterruptDependencies {
  readonly signals: SignalSource;
  /** Milliseconds. */
  readonly now: () => number;
  /** Called by the second Ctrl-C. */
  readonly leave: (exitCode: number) => void;
}

/** Turns the first SIGINT or SIGTERM into an abort, and a later one into leaving at once. */
export function listenForInterrupt({ signals, now, leave }: InterruptDependencies): Interrupt {
  const controller = new AbortController();
  let exitCode: number | undefined;
  const stopListening = listenForStop({
    signals: ['SIGINT', 'SIGTERM'],
    source: signals,
    now,
    first(signal) {
      exitCode = signalExitCodes[signal];
      controller.abort(new Error('interrupted'));
    },
    again: (signal) => leave(signalExitCodes[signal]),
  });
  return { signal: controller.signal, exitCode: () => exitCode, stopListening };
}
