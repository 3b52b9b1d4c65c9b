import type { Ending } from '@pawl/contracts';
import type { Performed } from '../testbed/ledger.ts';
import { type CrashCase, leavesCallOpen } from './crash-cases.ts';

/** What was seen of one repetition of a crash case. */
export interface Observation {
  /** The job as it ended. */
  readonly job: Ending;
  /** Whether a person was asked about an unknown outcome. */
  readonly asked: boolean;
  /** Whether a look settled a call. */
  readonly checked: boolean;
  readonly modelCalls: number;
  /** What was performed, by call. */
  readonly performed: readonly Performed[];
  /** How the next job of the conversation ended: the strict sandbox refuses a malformed history. */
  readonly followUp: Ending;
  /** How often the webhook of the job's end arrived, and under how many ids. */
  readonly webhooks: { readonly arrived: number; readonly ids: number };
  /** Tasks that were left in the queue. */
  readonly tasksLeft: number;
}

/** Turns of the experiment's job: two with one tool call each, and the answer. */
export const modelCallsNeeded = 3;
export const toolCallsNeeded = 2;

/** What must hold of every crash case, as sentences about what did not. */
export function judge(crashCase: CrashCase, seen: Observation): string[] {
  const { effect } = crashCase;
  const broken: string[] = [];
  const expect = (holds: boolean, problem: string) => {
    if (!holds) broken.push(problem);
  };
  expect(seen.job.status === 'completed', `the job ${describe(seen.job)}`);
  expect(
    seen.modelCalls === modelCallsNeeded || seen.modelCalls === modelCallsNeeded + 1,
    `the model was asked ${seen.modelCalls} times (invariant 4)`,
  );
  const most = effect === 'reads' || effect === 'idempotent' ? 2 : 1;
  for (const { tool, arguments: input, times } of seen.performed) {
    expect(times <= most, `${tool} ${input} was performed ${times} times (invariant 5)`);
  }
  expect(
    seen.performed.length === toolCallsNeeded,
    `${seen.performed.length} different calls were performed`,
  );
  const mustAsk = isAsked(crashCase);
  expect(
    seen.asked === mustAsk,
    mustAsk ? 'an unknown outcome was not reported' : 'a person was asked without need',
  );
  const mustFind = isFound(crashCase);
  expect(
    seen.checked === mustFind,
    mustFind ? 'what had happened was not found' : 'a call was settled by a check without need',
  );
  expect(
    seen.followUp.status === 'completed',
    `the conversation’s next job ${describe(seen.followUp)}`,
  );
  const { arrived, ids } = seen.webhooks;
  const least = crashCase.point === 'mid_webhook' ? 2 : 1;
  expect(
    ids === 1 && arrived >= least && arrived <= 2,
    `the webhook arrived ${arrived} times under ${ids} ids`,
  );
  expect(seen.tasksLeft === 0, `${seen.tasksLeft} tasks were left`);
  return broken;
}

/** What did not happen is not found, and proves nothing. */
function isAsked(crashCase: CrashCase): boolean {
  if (crashCase.effect === 'looked_up') return crashCase.point === 'before_tool_call';
  return crashCase.effect === 'writes' && leavesCallOpen(crashCase);
}

function isFound({ point, effect }: CrashCase): boolean {
  return (
    effect === 'looked_up' && ['after_effect', 'after_tool_call', 'in_look_up'].includes(point)
  );
}

function describe(ending: Ending): string {
  return ending.status === 'failed'
    ? `failed: ${ending.failure.code}, ${ending.failure.message}`
    : `is ${ending.status}`;
}
