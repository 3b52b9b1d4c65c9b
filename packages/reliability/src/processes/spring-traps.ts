import { existsSync } from 'node:fs';
import type { Trap, TrapPoint } from './trap.ts';

/** Tells the traps that a job has come to a point. Resolves at once if none springs. */
export type ReachPoint = (point: TrapPoint, job: string) => Promise<void>;

export function springTraps(traps: readonly Trap[]): ReachPoint {
  const visits = new Map<Trap, number>();
  return async (point, job) => {
    for (const trap of traps) {
      if (trap.point !== point || (trap.job !== undefined && trap.job !== job)) continue;
      const visit = (visits.get(trap) ?? 0) + 1;
      visits.set(trap, visit);
      if (trap.occurrence === 'every' || trap.occurrence === visit) await spring(trap);
    }
  };
}

/** Nobody can tell a blocked process anything, so it looks for itself; an orphan goes on. */
function blockUntil(file: string): void {
  const nobody = new Int32Array(new SharedArrayBuffer(4));
  const parent = process.ppid;
  while (!existsSync(file) && process.ppid === parent) Atomics.wait(nobody, 0, 0, 20);
}

async function spring({ action }: Trap): Promise<void> {
  switch (action.kind) {
    case 'kill':
      process.kill(process.pid, 'SIGKILL');
      // Nothing of this process may run while the signal is on its way.
      return new Promise(() => undefined);
    case 'stop':
      process.kill(process.pid, 'SIGSTOP');
      return;
    case 'block':
      blockUntil(action.until);
  }
}
