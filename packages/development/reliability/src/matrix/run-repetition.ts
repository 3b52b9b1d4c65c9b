import { type JobState, newId, randomToken } from '@pawl/contracts';
import { lookUntil } from '../lab/harness-process.ts';
import { kindOfKey } from '../lab/kind-of-key.ts';
import { endingOf, hasEnded, type Namespace, queues, rests } from '../lab/namespace.ts';
import { callOf, promptOf } from '../lab/prompts.ts';
import type { Cell, Experiment, Lane } from './cells.ts';
import type { Observation } from './judge.ts';
import { killAtPoint } from './kill-at-point.ts';

/** One process dies at the cell's point; another one takes over. Answers what was seen of it from outside. */
export async function runRepetition(
  lane: Lane,
  cell: Cell,
  repetition: number,
): Promise<Observation> {
  const { lab } = lane;
  const namespace = lab.openNamespace();
  const reference = randomToken();
  const experiment: Experiment = {
    cell,
    repetition,
    reference,
    user: `user-${reference}`,
    hook: `/${reference}`,
    job: newId('job', 0),
    prompt: promptOf(reference, [[callOf(cell.effect, 'first')], [callOf(cell.effect, 'second')]]),
  };
  try {
    const job = await killAtPoint(lane, namespace, experiment);
    const { name } = namespace;
    await lane.healer.serve({ name, traps: [] });
    try {
      return await observe(lane, namespace, { ...experiment, job });
    } finally {
      await lane.healer.leave();
    }
  } finally {
    await namespace.erase();
  }
}

async function observe(
  { lab }: Lane,
  namespace: Namespace,
  experiment: Experiment,
): Promise<Observation> {
  const { reference, user, hook } = experiment;
  const { job, asked } = await untilEnded(lab.ledger, namespace, experiment);
  const followUp = await namespace.post({
    user,
    conversation: job.conversation,
    prompt: promptOf(randomToken(), []),
  });
  const next = await namespace.when(followUp.id, hasEnded);
  const left = await tasksLeft(namespace, job.id);
  const receipts = lab.receiver.receipts(hook);
  return {
    job: endingOf(job),
    asked,
    modelCalls: lab.ledger.modelCalls(reference),
    performed: lab.ledger.performed(user),
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
  ledger: Lane['lab']['ledger'],
  namespace: Namespace,
  { job: id, user }: Experiment,
): Promise<{ job: JobState; asked: boolean }> {
  let asked = false;
  for (;;) {
    const job = await namespace.when(id, rests);
    if (hasEnded(job)) return { job, asked };
    asked = true;
    const { length: happened } = ledger.performed(user);
    await namespace.decide(
      job,
      happened > job.turn ? { decision: 'respond', output: 'sent' } : { decision: 'approve' },
    );
  }
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
