import type { HarnessProcess } from '../testbed/harness-process.ts';
import type { JobOrder } from '../testbed/namespace.ts';
import { functionSource, type ToolClass, toolClasses } from '../testbed/prompts.ts';
import type { Testbed } from '../testbed/testbed.ts';

/** Where a process is killed. `after_effect`: the tool has done its deed, and its answer is not sent yet. */
export const killPoints = [
  'before_model_call',
  'after_model_call',
  'after_reply_commit',
  'before_tool_call',
  'after_effect',
  'after_tool_call',
  'after_outcome_commit',
  'in_look_up',
  'mid_webhook',
  'after_admission',
] as const;

export type KillPoint = (typeof killPoints)[number];

export interface CrashCase {
  readonly point: KillPoint;
  readonly effect: ToolClass;
}

export const crashCases: readonly CrashCase[] = killPoints.flatMap((point) =>
  toolClasses
    .filter((effect) => point !== 'in_look_up' || effect === 'looked_up')
    .map((effect) => ({ point, effect })),
);

/** What a job of this case is posted with beside its prompt. */
export function orderOf({ effect }: CrashCase): Pick<JobOrder, 'looksUp' | 'connections'> {
  return {
    looksUp: effect === 'looked_up',
    ...(effect === 'function' ? { connections: [functionSource] } : {}),
  };
}

/** True where the kill leaves a tool call started and without an outcome (invariant 5). */
export function leavesCallOpen({ point }: CrashCase): boolean {
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
  in_look_up: 'in a look-up, before it reads',
  mid_webhook: 'in mid-webhook',
  after_admission: 'gateway, between admitting and waking',
};

/** The job that every crash case is made with, and where a process dies in it. */
export interface Experiment {
  readonly crashCase: CrashCase;
  /** Counts from 0: repetitions die at different turns and calls of the job. */
  readonly repetition: number;
  readonly user: string;
  readonly job: string;
  readonly reference: string;
  readonly prompt: string;
  /** Where the job's webhook arrives. */
  readonly hook: string;
}

/** The processes that stay and take over: they serve one crash case after the other, each in its own namespace. */
export interface Survivors {
  readonly testbed: Testbed;
  /** The worker that takes over. */
  readonly worker: HarnessProcess;
  /** The gateway that stays: started when the first crash case needs it. */
  gateway(): Promise<HarnessProcess>;
}

export async function startSurvivors(testbed: Testbed): Promise<Survivors> {
  const worker = await testbed.startProcess('worker-main');
  let gateway: Promise<HarnessProcess> | undefined;
  return { testbed, worker, gateway: () => (gateway ??= testbed.startProcess('gateway-main')) };
}
