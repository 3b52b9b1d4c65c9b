import { signalExitCodes } from './errors.ts';

/** As much of `process` as is needed to hear signals. */
export interface SignalSource {
  on(signal: InterruptSignal, listener: () => void): unknown;
  off(signal: InterruptSignal, listener: () => void): unknown;
}

type InterruptSignal = keyof typeof signalExitCodes;

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

/**
 * The terminal sends Ctrl-C to the whole process group and npm passes it on again: what comes this soon after the
 * first is the same key press.
 */
const SAME_PRESS_MILLISECONDS = 500;

/** Turns the first SIGINT or SIGTERM into an abort, and a later one into leaving at once. */
export function listenForInterrupt({ signals, now, leave }: InterruptDependencies): Interrupt {
  const controller = new AbortController();
  let first: { readonly at: number; readonly exitCode: number } | undefined;

  function receive(exitCode: number): void {
    if (first === undefined) {
      first = { at: now(), exitCode };
      controller.abort(new Error('interrupted'));
    } else if (now() - first.at >= SAME_PRESS_MILLISECONDS) {
      leave(exitCode);
    }
  }
  const onInterrupt = () => receive(signalExitCodes.SIGINT);
  const onTerminate = () => receive(signalExitCodes.SIGTERM);
  signals.on('SIGINT', onInterrupt);
  signals.on('SIGTERM', onTerminate);

  return {
    signal: controller.signal,
    exitCode: () => first?.exitCode,
    stopListening: () => {
      signals.off('SIGINT', onInterrupt);
      signals.off('SIGTERM', onTerminate);
    },
  };
}
