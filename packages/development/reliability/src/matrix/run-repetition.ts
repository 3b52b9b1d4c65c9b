import { type JobState, newId, randomToken } from '@pawl/contracts';
import { lookUntil } from '../testbed/harness-process.ts';
import { kindOfKey } from '../testbed/kind-of-key.ts';
import { endingOf, hasEnded, type Namespace, queues, rests } from '../testbed/namespace.ts';
import type { Performed } from '../testbed/ledger.ts';
import { callOf, promptOf, toolOf } from '../testbed/prompts.ts';
import type { Testbed } from '../testbed/testbed.ts';
import type { CrashCase, Experiment, Survivors } from './crash-cases.ts';
import type { Observation } from './judge.ts';
import { killAtPoint } from './kill-at-point.ts';

/** One process dies at the crash case's point; another one takes over. Answers what was seen of it from outside. */
export async function runRepetition(
  survivors: Survivors,
  crashCase: CrashCase,
  repetition: number,
): Promise<Observation> {
  const { testbed } = survivors;
  const namespace = testbed.openNamespace();
  const reference = randomToken();
  const experiment: Experiment = {
    crashCase,
    repetition,
    reference,
    user: `user-${reference}`,
    hook: `/${reference}`,
    job: newId('job', 0),
    prompt: promptOf(reference, [
      [callOf(crashCase.effect, 'first')],
      [callOf(crashCase.effect, 'second')],
    ]),
  };
  try {
    const job = await killAtPoint(survivors, namespace, experiment);
    const { name } = namespace;
    await survivors.worker.serve({ name, failpoints: [] });
    try {
      return await observe(survivors, namespace, { ...experiment, job });
    } finally {
      await survivors.worker.leave();
    }
  } finally {
    await namespace.erase();
  }
}

async function observe(
  { testbed }: Survivors,
  namespace: Namespace,
  experiment: Experiment,
): Promise<Observation> {
  const { reference, user, hook, crashCase } = experiment;
  const { job, asked } = await untilEnded(testbed, namespace, experiment);
  const followUp = await namespace.post({
    user,
    conversation: job.conversation,
    prompt: promptOf(randomToken(), []),
  });
  const next = await namespace.when(followUp.id, hasEnded);
  const left = await tasksLeft(namespace, job.id);
  const receipts = testbed.receiver.receipts(hook);
  return {
    job: endingOf(job),
    asked,
    modelCalls: testbed.ledger.modelCalls(reference),
    checked: await isSettledByCheck(namespace, job.id),
    performed: performedOf(testbed, { user, crashCase }),
    followUp: endingOf(next),
    webhooks: {
      arrived: receipts.length,
      ids: new Set(receipts.map(({ webhookId }) => webhookId)).size,
    },
    tasksLeft: left,
  };
}

/** A person who is asked looks whether it happened: the ledger knows. */
async function untilEnded(
  testbed: Testbed,
  namespace: Namespace,
  { job: id, user, crashCase }: Experiment,
): Promise<{ job: JobState; asked: boolean }> {
  let asked = false;
  for (;;) {
    const job = await namespace.when(id, rests);
    if (hasEnded(job)) return { job, asked };
    asked = true;
    const { length: happened } = performedOf(testbed, { user, crashCase });
    await namespace.decide(
      job,
      happened > job.turn ? { decision: 'respond', output: 'sent' } : { decision: 'approve' },
    );
  }
}

/** What was done of the calls that the experiment is about: looks are none of them. */
function performedOf(
  { ledger, idempotentFunction }: Testbed,
  { user, crashCase: { effect } }: Pick<Experiment, 'user' | 'crashCase'>,
): Performed[] {
  const tool = toolOf[effect];
  return effect === 'function'
    ? idempotentFunction.done(user).map((deed) => ({ tool, ...deed }))
    : ledger.performed(user).filter((performed) => performed.tool === tool);
}

async function isSettledByCheck({ store }: Namespace, job: string): Promise<boolean> {
  const steps = await store.readSteps(job);
  return steps.some(
    (step) =>
      step.kind === 'outcome' &&
      'output' in step.answer &&
      JSON.stringify(step.answer.output).includes('"evidence"'),
  );
}

const often = { patience: 60_000, interval: 20 };

/**
 * The keys of tasks that are still there after a while, webhooks too: stale tasks are taken and dropped by a worker. A
 * webhook of the job whose wake died with its process has no task until the sweeper finds it, and is waited for first.
 */
export async function tasksLeft(namespace: Namespace, job: string): Promise<number> {
  await lookUntil(
    () => namespace.store.hasPendingDeliveries(job),
    (pending) => !pending,
    often,
  );
  return lookUntil(
    async () => (await namespace.keys()).filter((key) => kindOfKey(key, queues) === 'task').length,
    (left) => left === 0,
    often,
  );
}
