import { newId } from '@pawl/contracts';
import { defaultRules, reopenJob } from '@pawl/engine';
import { expect, test } from 'vitest';
import { endingOf, hasEnded } from '../src/testbed/namespace.ts';
import { callOf, promptOf } from '../src/testbed/prompts.ts';
import type { FailpointName } from '../src/processes/failpoint.ts';
import { experiments } from './experiment.ts';

// Invariants 2 and 7: the count of claims sets a step aside, and retry opens its job again.
const experiment = experiments();
const deadly: FailpointName[] = ['before_model_call', 'before_tool_call'];

test.concurrent.for(deadly)(
  'a job that kills its worker at every %s is set aside; others go on, and a retry goes on from there',
  async (point, context) => {
    const { testbed, namespace, user, reference, modelCalls } = experiment(context);
    const id = newId('job', 0);
    const failpoint = { point, job: id, occurrence: 'every', action: { kind: 'kill' } } as const;
    await namespace.post({ id, user, prompt: promptOf(reference, [[callOf('reads', 'only')]]) });
    const harmless = await namespace.post({ user: `${user}-other`, prompt: promptOf('other', []) });
    for (let delivery = 1; delivery <= defaultRules.crashLimit; delivery += 1) {
      const worker = await testbed.startWorker(namespace, { failpoints: [failpoint] });
      expect(await worker.exited).toMatchObject({ signal: 'SIGKILL' });
      await namespace.loseLocks();
    }
    const survivor = await testbed.startWorker(namespace, { failpoints: [failpoint] });
    const job = await namespace.when(id, hasEnded);
    expect(endingOf(job)).toMatchObject({
      status: 'failed',
      failure: { code: 'step_set_aside', retryable: true },
    });
    expect(endingOf(await namespace.when(harmless.id, hasEnded))).toEqual({ status: 'completed' });
    expect(survivor.hasExited()).toBe(false);
    survivor.kill('SIGTERM');
    await survivor.exited;

    expect(await reopenJob(namespace.engine, id, {})).toMatchObject({ kind: 'reopened' });
    await testbed.startWorker(namespace);
    expect(endingOf(await namespace.when(id, hasEnded))).toEqual({ status: 'completed' });
    // Two turns, each asked for once: what was done before the step was kept.
    expect(modelCalls()).toBe(2);
  },
);
