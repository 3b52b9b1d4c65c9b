import { setTimeout as pause } from 'node:timers/promises';
import { newId, randomToken } from '@pawl/contracts';
import type { HookedModelCall } from '@pawl/sandbox';
import { expectKilled, type HarnessProcess } from '../testbed/harness-process.ts';
import type { Testbed } from '../testbed/testbed.ts';
import { hasEnded, type Namespace } from '../testbed/namespace.ts';
import { callOf, promptOf } from '../testbed/prompts.ts';

/**
 * What the dead worker leaves behind.
 * - `step_in_flight`: its model call is under way; another worker gets the task once its lock has run out.
 * - `wake_lost`: it had committed, and never woke the next step; the sweep finds it.
 */
type Situation = 'step_in_flight' | 'wake_lost';

interface Experiment {
  readonly testbed: Testbed;
  readonly namespace: Namespace;
  readonly reference: string;
  readonly job: string;
  readonly survivor: HarnessProcess;
}

/**
 * Kills a worker in this situation and lets another one, which is there already, go on: the milliseconds until that one
 * asks the model for the next answer. When within the intervals of locks and sweeps it happens is left to chance.
 */
export async function measureRecovery(testbed: Testbed, situation: Situation): Promise<number> {
  const namespace = testbed.openNamespace();
  try {
    const survivor = await testbed.startProcess('worker-main');
    const experiment: Experiment = {
      testbed,
      namespace,
      survivor,
      reference: randomToken(),
      job: newId('job', 0),
    };
    const recovery = await measure[situation](experiment);
    await namespace.when(experiment.job, hasEnded);
    await survivor.leave();
    survivor.kill('SIGTERM');
    await survivor.exited;
    return recovery;
  } finally {
    await namespace.erase();
  }
}

const measure: Record<Situation, (experiment: Experiment) => Promise<number>> = {
  async step_in_flight(experiment) {
    const { testbed, namespace, reference } = experiment;
    const { control } = testbed.sandbox;
    const match = { operation: 'model', promptIncludes: reference };
    control.addFault({ match, effect: { kind: 'hang' } });
    const victim = await testbed.startWorker(namespace);
    await post(experiment, []);
    while (!control.held().some(({ prompt }) => prompt?.includes(reference))) await pause(10);
    await serve(experiment);
    await pause(Math.random() * testbed.settings.timings.stalledInterval);
    const recovered = nextModelCall(experiment);
    const killedAt = performance.now();
    victim.kill('SIGKILL');
    return (await recovered) - killedAt;
  },

  async wake_lost(experiment) {
    const { testbed, namespace, job } = experiment;
    const action = { kind: 'kill' } as const;
    const failpoint = { point: 'after_outcome_commit', job, occurrence: 1, action } as const;
    const victim = await testbed.startWorker(namespace, { failpoints: [failpoint] });
    await post(experiment, [[callOf('reads', 'only')]]);
    await expectKilled(victim);
    const recovered = nextModelCall(experiment);
    const killedAt = performance.now();
    await serve(experiment);
    return (await recovered) - killedAt;
  },
};

async function serve({ survivor, namespace }: Experiment): Promise<void> {
  await survivor.serve({ name: namespace.name, failpoints: [] });
}

async function post(
  { namespace, job: id, reference }: Experiment,
  turns: Parameters<typeof promptOf>[1],
): Promise<void> {
  await namespace.post({ id, user: reference, prompt: promptOf(reference, turns) });
}

/** When the next call for the experiment's prompt is made. */
function nextModelCall({ testbed, reference }: Experiment): Promise<number> {
  return new Promise((resolve) => {
    const stop = testbed.sandbox.control.on(
      'model.before_answer',
      ({ prompt }: HookedModelCall) => {
        if (!prompt.includes(reference)) return;
        stop();
        resolve(performance.now());
      },
    );
  });
}
