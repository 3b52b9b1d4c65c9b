import type { ToolEffect } from '@pawl/contracts';
import type { HarnessProcess } from '../lab/harness-process.ts';
import type { Lab } from '../lab/lab.ts';

/** Where a process is killed. `after_effect`: the tool has done its deed, and its answer is not sent yet. */
export const killPoints = [
  'before_model_call',
  'after_model_call',
  'after_reply_commit',
  'before_tool_call',
  'after_effect',
  'after_tool_call',
  'after_outcome_commit',
  'mid_webhook',
  'after_admission',
] as const;

export type KillPoint = (typeof killPoints)[number];

export const toolClasses = ['reads', 'idempotent', 'writes'] as const satisfies ToolEffect[];

export interface Cell {
  readonly point: KillPoint;
  readonly effect: ToolEffect;
}

export const cells: readonly Cell[] = killPoints.flatMap((point) =>
  toolClasses.map((effect) => ({ point, effect })),
);

/** True where the kill leaves a tool call started and without an outcome (invariant 5). */
export function leavesCallOpen({ point }: Cell): boolean {
  return ['before_tool_call', 'after_effect', 'after_tool_call'].includes(point);
}

/** What the point is called in reports. */
export const pointNames: Record<KillPoint, string> = {
  before_model_call: 'before the model call',
  after_model_call: 'after the model call, before the commit',
  after_reply_commit: 'after the reply’s commit, before the wake',
  before_tool_call: 'before the tool call',
  after_effect: 'after its effect, before its answer',
  after_tool_call: 'after its answer, before the commit',
  after_outcome_commit: 'after the outcome’s commit, before the wake',
  mid_webhook: 'in mid-webhook',
  after_admission: 'gateway, between admitting and waking',
};

/** The job that every cell is made with, and where a process dies in it. */
export interface Experiment {
  readonly cell: Cell;
  /** Counts from 0: repetitions die at different turns and calls of the job. */
  readonly repetition: number;
  readonly user: string;
  readonly job: string;
  readonly reference: string;
  readonly prompt: string;
  /** Where the job's webhook arrives. */
  readonly hook: string;
}

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
