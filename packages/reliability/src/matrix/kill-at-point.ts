import type { HookedToolCall } from '@pawl/sandbox';
import type { HarnessProcess } from '../lab/harness-process.ts';
import type { Namespace } from '../lab/namespace.ts';
import type { TrapPoint } from '../processes/trap.ts';
import { leavesCallOpen, type KillPoint } from './cells.ts';
import { modelCallsNeeded, toolCallsNeeded } from './judge.ts';
import type { Lane } from './lane.ts';
import { postTwice } from './post-twice.ts';
import type { Experiment } from './run-repetition.ts';

/** Brings the job to the point at which its process dies, and answers the job's id once that has happened. */
export async function killAtPoint(
  lane: Lane,
  namespace: Namespace,
  experiment: Experiment,
): Promise<string> {
  const { point } = experiment.cell;
  if (point === 'after_admission') return postTwice(lane, namespace, experiment);
  const victim = await lane.lab.startProcess('worker-main');
  const disarm = point === 'after_effect' ? killAfterEffect(lane, victim, experiment) : undefined;
  const traps = point === 'after_effect' ? [] : [trapAt(point, experiment)];
  await victim.serve({ name: namespace.name, traps });
  const { job: id, user, prompt } = experiment;
  await namespace.post({ id, user, prompt });
  await expectKilled(victim);
  disarm?.();
  return id;
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

export async function expectKilled(victim: HarnessProcess): Promise<void> {
  const exit = await victim.exited;
  if (exit.signal === 'SIGKILL') return;
  throw new Error(
    `the process ended with ${exit.signal ?? `code ${exit.code}`}, not by its trap:\n` +
      victim.lines.join('\n'),
  );
}
