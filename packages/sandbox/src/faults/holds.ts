import { type CallDescription, type FaultMatch, matchesCall } from './fault.ts';

export type HeldCall = CallDescription & { id: string };

/** Calls that a `hang` holds. */
export interface Holds {
  /** Waits until the call is released (`released`), or its client leaves or the sandbox closes. */
  hold(call: CallDescription, signal: AbortSignal): Promise<'released' | 'left'>;
  list(): HeldCall[];
  /** Lets held calls go on; returns how many. */
  release(match?: FaultMatch): number;
  /** Ends every hold as if its client had left. */
  close(): void;
}

export function createHolds(): Holds {
  const held = new Map<
    string,
    { call: CallDescription; end: (how: 'released' | 'left') => void }
  >();
  let nextNumber = 1;
  let closed = false;
  return {
    hold(call, signal) {
      if (closed || signal.aborted) return Promise.resolve('left');
      const id = `hold_${nextNumber}`;
      nextNumber += 1;
      return new Promise((resolve) => {
        const leave = () => end('left');
        const end = (how: 'released' | 'left') => {
          held.delete(id);
          signal.removeEventListener('abort', leave);
          resolve(how);
        };
        signal.addEventListener('abort', leave);
        held.set(id, { call, end });
      });
    },
    list: () => [...held].map(([id, { call }]) => ({ id, ...call })),
    release(match = {}) {
      const matching = [...held.values()].filter(({ call }) => matchesCall(match, call));
      for (const { end } of matching) end('released');
      return matching.length;
    },
    close() {
      closed = true;
      for (const { end } of held.values()) end('left');
    },
  };
}
