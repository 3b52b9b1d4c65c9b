import { type JobState, newId, randomToken } from '@pawl/contracts';
import { defaultRules, reopenJob } from '@pawl/engine';
import type { ModelRequest } from '@pawl/sandbox';
import { testRedis, waitFor } from '@pawl/testing';
import { afterAll, beforeAll, expect, type TestContext } from 'vitest';
import type { Failpoint } from '../src/processes/failpoint.ts';
import type { HarnessProcess } from '../src/testbed/harness-process.ts';
import { type Testbed, type TestbedSettings, openTestbed } from '../src/testbed/testbed.ts';
import { endingOf, hasEnded, type JobOrder, type Namespace } from '../src/testbed/namespace.ts';
import { callOf, promptOf, type ScriptedCall } from '../src/testbed/prompts.ts';

/** What one test works with: a namespace, a user and a prompt of its own. */
export interface Experiment {
  readonly testbed: Testbed;
  readonly namespace: Namespace;
  readonly user: string;
  readonly reference: string;
  /** A job whose turns make these calls, and which then answers. */
  post(turns: readonly (readonly ScriptedCall[])[], order?: Partial<JobOrder>): Promise<JobState>;
  modelCalls(): number;
  /** How often calls of this user were performed, in all. */
  performed(): number;
}

/** One testbed for a test file; each test calls the function that it answers, with its own context. */
export function experiments(
  timings?: TestbedSettings['timings'],
): (test: Pick<TestContext, 'onTestFinished'>) => Experiment {
  const { url, namespace: prefix } = testRedis();
  let testbed: Testbed;
  beforeAll(async () => {
    testbed = await openTestbed({
      redisUrl: url,
      prefix: `${prefix}:`,
      ...(timings && { timings }),
    });
  });
  afterAll(() => testbed.close());
  return ({ onTestFinished }) => {
    const namespace = testbed.openNamespace();
    onTestFinished(() => namespace.erase());
    const reference = randomToken();
    const user = `user-${reference}`;
    return {
      testbed,
      namespace,
      user,
      reference,
      post: (turns, order) =>
        namespace.post({ user, prompt: promptOf(reference, turns), ...order }),
      modelCalls: () => testbed.ledger.modelCalls(reference),
      performed: () => testbed.ledger.performed(user).reduce((sum, { times }) => sum + times, 0),
    };
  };
}

/** The next model call of the experiment's prompt gets no answer. Resolves once it is there, for `held` ones. */
export function holdModelCall({ testbed, reference }: Experiment): { arrived(): Promise<unknown> } {
  testbed.sandbox.control.addFault({
    match: { operation: 'model', promptIncludes: reference },
    effect: { kind: 'hang' },
  });
  return { arrived: () => waitFor(() => heldModelCalls({ testbed, reference }) === 1) };
}

export function heldModelCalls({
  testbed,
  reference,
}: Pick<Experiment, 'testbed' | 'reference'>): number {
  return testbed.sandbox.control.held().filter(({ prompt }) => prompt?.includes(reference)).length;
}

/** The tool calls of the experiment's user get no answer; with `after-effect` they are performed. */
export function holdToolCalls(
  { testbed, user }: Experiment,
  when: 'before-effect' | 'after-effect',
): { arrived(count?: number): Promise<unknown>; release(): void } {
  const { control } = testbed.sandbox;
  const match = { operation: 'ExecuteTool', identifier: user };
  const fault = control.addFault({ match, when, times: 'always', effect: { kind: 'hang' } });
  const held = () => control.held().filter(({ identifier }) => identifier === user).length;
  return {
    arrived: (count = 1) => waitFor(() => held() === count),
    release() {
      control.clearFaults(fault);
      control.release(match);
    },
  };
}

/** What the model was sent with the newest request that names the reference. */
export function lastRequest({ testbed }: Experiment, reference: string): ModelRequest['body'] {
  return testbed.sandbox.control
    .modelRequests()
    .items.findLast(({ prompt }) => prompt.includes(reference))?.body;
}

/**
 * A job has every worker killed that comes to the failpoint with it, until its step is quarantined. Others go on, and the
 * job goes on once it is opened again. `onDeath` looks at each worker that has died, with the job's id.
 */
export async function expectSetAside(
  { testbed, namespace, user, reference }: Experiment,
  {
    timings = {},
    ...failpoint
  }: Pick<Failpoint, 'point' | 'action'> & Pick<TestbedSettings, 'timings'>,
  onDeath: (worker: HarnessProcess, job: string) => void = () => undefined,
): Promise<void> {
  const id = newId('job', 0);
  const failpoints: Failpoint[] = [{ ...failpoint, job: id, occurrence: 'every' }];
  await namespace.post({ id, user, prompt: promptOf(reference, [[callOf('reads', 'only')]]) });
  const harmless = await namespace.post({ user: `${user}-other`, prompt: promptOf('other', []) });
  for (let crash = 1; crash <= defaultRules.crashLimit; crash += 1) {
    const worker = await testbed.startWorker(namespace, { failpoints, timings });
    expect(await worker.exited).toMatchObject({ signal: 'SIGKILL' });
    onDeath(worker, id);
    await namespace.loseLocks();
  }
  const survivor = await testbed.startWorker(namespace, { failpoints, timings });
  expect(endingOf(await namespace.when(id, hasEnded))).toMatchObject({
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
}
