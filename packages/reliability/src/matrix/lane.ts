import type { HarnessProcess } from '../lab/harness-process.ts';
import type { Lab } from '../lab/lab.ts';

/** One of several cells at a time: its survivors serve one namespace after the other. */
export interface Lane {
  readonly lab: Lab;
  /** The worker that takes over. */
  readonly healer: HarnessProcess;
  /** The gateway that stays: started when the first cell needs it. */
  gateway(): Promise<HarnessProcess>;
}

export async function openLane(lab: Lab): Promise<Lane> {
  const healer = await lab.startProcess('worker-main');
  let gateway: Promise<HarnessProcess> | undefined;
  return { lab, healer, gateway: () => (gateway ??= lab.startProcess('gateway-main')) };
}
