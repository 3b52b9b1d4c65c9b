import type { HookedToolCall } from '@pawl/sandbox';
import { expectKilled, type HarnessProcess } from '../testbed/harness-process.ts';
import type { Namespace } from '../testbed/namespace.ts';
import type { Failpoint, FailpointName } from '../processes/failpoint.ts';
import {
  type Experiment,
  type KillPoint,
  leavesCallOpen,
  orderOf,
  type Survivors,
} from './crash-cases.ts';
import { modelCallsNeeded, toolCallsNeeded } from './judge.ts';
import { postTwice } from './post-twice.ts';

/** The conversation waits until a call of the dead process cannot be in flight any more. */
const victimTimings = { toolTimeout: 10_000 };

/** Brings the job to the point at which its process dies, and answers the job's id once that has happened. */
export async function killAtPoint(
  survivors: Survivors,
  namespace: Namespace,
  experiment: Experiment,
): Promise<string> {
  const { point } = experiment.crashCase;
  if (point === 'after_admission') return postTwice(survivors, namespace, experiment);
  const victim = await survivors.testbed.startProcess('worker-main', victimTimings);
  const { failpoints, disarm } = arm(survivors, victim, experiment);
  await victim.serve({ name: namespace.name, failpoints });
  const { job: id, user, prompt, hook } = experiment;
  const webhookUrl = survivors.testbed.receiver.origin + hook;
  await namespace.post({ id, user, prompt, webhookUrl, ...orderOf(experiment.crashCase) });
  await expectKilled(victim);
  disarm();
  return id;
}

interface Armed {
  readonly failpoints: Failpoint[];
  readonly disarm: () => void;
}

/** The process kills itself, or is killed by whom it talks to. */
function arm(survivors: Survivors, victim: HarnessProcess, experiment: Experiment): Armed {
  const { point } = experiment.crashCase;
  switch (point) {
    case 'after_effect':
      return { failpoints: [], disarm: killAfterEffect(survivors, victim, experiment) };
    case 'mid_webhook':
      return { failpoints: [], disarm: killInWebhook(survivors, victim, experiment) };
    case 'in_look_up':
      return { failpoints: [killInLook(survivors, experiment)], disarm: () => undefined };
    default:
      return { failpoints: [failpointAt(point, experiment)], disarm: () => undefined };
  }
}

function failpointAt(point: FailpointName, { job, crashCase, repetition }: Experiment) {
  const occurrence = occurrenceAt(crashCase.point, repetition);
  return { point, job, occurrence, action: { kind: 'kill' } } as const;
}

/** Every repetition dies at the next turn, or call, of the job. */
function occurrenceAt(point: KillPoint, repetition: number): number {
  const perCall = leavesCallOpen({ point, effect: 'writes' }) || point === 'after_outcome_commit';
  return 1 + (repetition % (perCall ? toolCallsNeeded : modelCallsNeeded));
}

/** The sandbox has performed the call, and the worker dies before the answer is sent. */
function killAfterEffect(
  { testbed }: Survivors,
  victim: HarnessProcess,
  { user, crashCase, repetition }: Experiment,
): () => void {
  let left = occurrenceAt(crashCase.point, repetition);
  const onEffect = async (identifier: string) => {
    if (identifier !== user) return;
    left -= 1;
    if (left !== 0) return;
    victim.kill('SIGKILL');
    await victim.exited;
  };
  if (crashCase.effect === 'function') return testbed.idempotentFunction.onEffect(onEffect);
  return testbed.sandbox.control.on('tool.after_effect', ({ identifier }: HookedToolCall) =>
    onEffect(identifier),
  );
}

/** A call's answer is lost, and the worker dies when it is about to look. */
function killInLook({ testbed }: Survivors, { user, job, repetition }: Experiment): Failpoint {
  const isFirst = repetition % toolCallsNeeded === 0;
  testbed.sandbox.control.addFault({
    match: {
      operation: 'ExecuteTool',
      identifier: user,
      argumentsInclude: isFirst ? 'first' : 'second',
    },
    when: 'after-effect',
    effect: { kind: 'grpc_status', code: 'Unavailable' },
  });
  // The look is the next call of a tool.
  const occurrence = isFirst ? 2 : 3;
  return { point: 'before_tool_call', job, occurrence, action: { kind: 'kill' } };
}

/** The receiver has the webhook, and the worker dies before it reads the answer. */
function killInWebhook(
  { testbed }: Survivors,
  victim: HarnessProcess,
  { hook }: Experiment,
): () => void {
  return testbed.receiver.onReceipt(async ({ path }) => {
    if (path !== hook || victim.hasExited()) return;
    victim.kill('SIGKILL');
    await victim.exited;
  });
}
