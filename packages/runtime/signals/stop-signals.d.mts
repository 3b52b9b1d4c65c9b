/** The shells' convention: 128 and the signal's number. */
export declare const signalExitCodes: {
  readonly SIGINT: 130;
  readonly SIGTERM: 143;
  readonly SIGHUP: 129;
};

export type StopSignal = keyof typeof signalExitCodes;

/** As much of `process` as is needed to hear signals. */
export interface SignalSource {
  on(signal: StopSignal, listener: () => void): unknown;
  off(signal: StopSignal, listener: () => void): unknown;
}

export interface StopListeners {
  readonly signals: readonly StopSignal[];
  /** The first signal: ends in order. */
  readonly first: (signal: StopSignal) => void;
  /** Every later one but those of the same key press: ends at once. */
  readonly again: (signal: StopSignal) => void;
  /** Default: this process. */
  readonly source?: SignalSource;
  /** Milliseconds; default: a clock that only goes forward. */
  readonly now?: () => number;
}

/** Tells the first signal from later ones. Returns what stops listening. */
export declare function listenForStop(listeners: StopListeners): () => void;
