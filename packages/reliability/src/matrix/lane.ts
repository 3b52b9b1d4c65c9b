import type { HarnessProcess } from '../lab/harness-process.ts';
import type { Lab } from '../lab/lab.ts';

/** One of several cells at a time: its survivors serve one namespace after the other. */
export interface Lane {
  readonly lab: Lab;
  /** The worker that takes over. */
  readonly healer: HarnessProcess;
  /** The gateway that stays. */
  readonly gateway: HarnessProcess;
}

export async function openLane(lab: Lab): Promise<Lane> {
  const [healer, gateway] = await Promise.all([
    lab.startProcess('worker-main'),
    lab.startProcess('gateway-main'),
  ]);
  return { lab, healer, gateway };
}
