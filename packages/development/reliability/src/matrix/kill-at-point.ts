import type { HookedToolCall } from '@pawl/sandbox';
import { expectKilled, type HarnessProcess } from '../lab/harness-process.ts';
import type { Namespace } from '../lab/namespace.ts';
import type { Trap, TrapPoint } from '../processes/trap.ts';
import { type Experiment, type KillPoint, type Lane, leavesCallOpen } from './cells.ts';
import { modelCallsNeeded, toolCallsNeeded } from './judge.ts';
import { postTwice } from './post-twice.ts';

/** The conversation waits until a call of the dead process cannot be in flight any more. */
const victimTimings = { toolTimeout: 10_000 };

/** Brings the job to the point at which its process dies, and answers the job's id once that has happened. */
export async function killAtPoint(
  lane: Lane,
  namespace: Namespace,
  experiment: Experiment,
): Promise<string> {
  const { point } = experiment.cell;
  if (point === 'after_admission') return postTwice(lane, namespace, experiment);
  const victim = await lane.lab.startProcess('worker-main', victimTimings);
  const { traps, disarm } = arm(lane, victim, experiment);
  await victim.serve({ name: namespace.name, traps });
  const { job: id, user, prompt, hook } = experiment;
  await namespace.post({ id, user, prompt, webhookUrl: lane.lab.receiver.origin + hook });
  await expectKilled(victim);
  disarm();
  await namespace.loseLocks();
  return id;
}

interface Armed {
  readonly traps: Trap[];
  readonly disarm: () => void;
}

/** The process kills itself, or is killed by whom it talks to. */
function arm(lane: Lane, victim: HarnessProcess, experiment: Experiment): Armed {
  const { point } = experiment.cell;
  switch (point) {
    case 'after_effect':
      return { traps: [], disarm: killAfterEffect(lane, victim, experiment) };
    case 'mid_webhook':
      return { traps: [], disarm: killInWebhook(lane, victim, experiment) };
    default:
      return { traps: [trapAt(point, experiment)], disarm: () => undefined };
  }
}

function trapAt(point: TrapPoint, { job, cell, repetition }: Experiment) {
  const occurrence = occurrenceAt(cell.point, repetition);
  return { point, job, occurrence, action: { kind: 'kill' } } as const;
}

/** Every repetition dies at the next turn, or call, of the job. */
function occurrenceAt(point: KillPoint, repetition: number): number {
  const perCall = leavesCallOpen({ point, effect: 'writes' }) || point === 'after_outcome_commit';
  return 1 + (repetition % (perCall ? toolCallsNeeded : modelCallsNeeded));
}

/** The sandbox has performed the call, and the worker dies before the answer is sent. */
function killAfterEffect(
  { lab }: Lane,
  victim: HarnessProcess,
  { user, cell, repetition }: Experiment,
): () => void {
  let left = occurrenceAt(cell.point, repetition);
  return lab.sandbox.control.on('tool.after_effect', async ({ identifier }: HookedToolCall) => {
    if (identifier !== user) return;
    left -= 1;
    if (left !== 0) return;
    victim.kill('SIGKILL');
    await victim.exited;
  });
}

/** The receiver has the webhook, and the worker dies before it reads the answer. */
function killInWebhook({ lab }: Lane, victim: HarnessProcess, { hook }: Experiment): () => void {
  return lab.receiver.onReceipt(async ({ path }) => {
    if (path !== hook || victim.hasExited()) return;
    victim.kill('SIGKILL');
    await victim.exited;
  });
}
