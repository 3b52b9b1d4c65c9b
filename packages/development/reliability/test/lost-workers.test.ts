import { newId, randomToken } from '@pawl/contracts';
import { waitFor } from '@pawl/testing';
import { afterAll, beforeAll, expect, type TestContext, test } from 'vitest';
import { endingOf, hasEnded, type Namespace } from '../src/testbed/namespace.ts';
import { callOf, promptOf } from '../src/testbed/prompts.ts';
import { openTestbed, type Testbed, withPrivateRedis } from '../src/testbed/testbed.ts';
import { heldModelCalls } from './experiment.ts';

// Nothing here can be found by a lock that has run out, or by a sweep: what is left are the connections.
const timings = { lockDuration: 120_000, stalledInterval: 3_600_000, sweepInterval: 3_600_000 };

let testbed: Testbed;
let closed: Promise<void>;
let close: () => void;

beforeAll(async () => {
  // A Redis of this file's own, since connections of everybody are ended.
  await new Promise<void>((opened, failed) => {
    closed = withPrivateRedis(async ({ url }) => {
      testbed = await openTestbed({ redisUrl: url, prefix: 'lost', timings });
      const closing = new Promise<void>((resolve) => (close = resolve));
      opened();
      await closing;
      await testbed.close();
    });
    closed.catch(failed);
  });
});
afterAll(async () => {
  close();
  await closed;
});

/** A job whose first model call is held by a worker that is the only one yet. */
async function holdStep({ onTestFinished }: TestContext) {
  const namespace = testbed.openNamespace();
  onTestFinished(() => namespace.erase());
  const reference = randomToken();
  testbed.sandbox.control.addFault({
    match: { operation: 'model', promptIncludes: reference },
    effect: { kind: 'hang' },
  });
  const worker = await testbed.startWorker(namespace);
  const { id } = await namespace.post({ user: reference, prompt: promptOf(reference, []) });
  const held = () => heldModelCalls({ testbed, reference });
  await waitFor(() => held() === 1);
  const calls = () => testbed.ledger.modelCalls(reference);
  const release = () =>
    testbed.sandbox.control.release({ operation: 'model', promptIncludes: reference });
  return { namespace, worker, id, held, calls, release };
}

/** Resolves when workers have looked so often, from now on. */
async function looks({ redis }: Namespace, count: number): Promise<void> {
  const looked = async () => {
    const text = await redis.info('commandstats');
    return Number(/^cmdstat_pubsub\|numsub:calls=(\d+)/m.exec(text)?.[1] ?? 0);
  };
  const before = await looked();
  await waitFor(async () => (await looked()) >= before + count);
}

test('the step of a worker that was killed is taken by one that lives, long before its lock runs out', async (context) => {
  const { namespace, worker, id, calls } = await holdStep(context);
  await testbed.startWorker(namespace);
  worker.kill('SIGKILL');
  expect(endingOf(await namespace.when(id, hasEnded))).toEqual({ status: 'completed' });
  expect(calls()).toBe(1);
  expect(await namespace.store.connectedWorkers()).toHaveLength(1);
});

test('so is the step of one that nobody has seen alive', async (context) => {
  const { namespace, worker, id } = await holdStep(context);
  worker.kill('SIGKILL');
  await worker.exited;
  await testbed.startWorker(namespace);
  expect(endingOf(await namespace.when(id, hasEnded))).toEqual({ status: 'completed' });
});

test('what a killed worker has committed and not woken goes on as soon', async ({
  onTestFinished,
}) => {
  const namespace = testbed.openNamespace();
  onTestFinished(() => namespace.erase());
  const id = newId('job', 0);
  const action = { kind: 'kill' } as const;
  const failpoint = { point: 'after_outcome_commit', job: id, occurrence: 1, action } as const;
  const victim = await testbed.startWorker(namespace, { failpoints: [failpoint] });
  const prompt = promptOf(randomToken(), [[callOf('reads', 'only')]]);
  await namespace.post({ id, user: 'user', prompt });
  await victim.exited;
  await testbed.startWorker(namespace);
  expect(endingOf(await namespace.when(id, hasEnded))).toEqual({ status: 'completed' });
});

test('a worker that stands still keeps its step', async (context) => {
  const { namespace, worker, id, held, calls, release } = await holdStep(context);
  await testbed.startWorker(namespace);
  worker.kill('SIGSTOP');
  await looks(namespace, 6);
  expect(calls()).toBe(0);
  worker.kill('SIGCONT');
  expect(held()).toBe(1);
  release();
  expect(endingOf(await namespace.when(id, hasEnded))).toEqual({ status: 'completed' });
  expect(calls()).toBe(1);
});

test('a worker whose connections are ended comes back and keeps its step', async (context) => {
  const { namespace, id, held, calls, release } = await holdStep(context);
  await testbed.startWorker(namespace);
  await namespace.redis.call('CLIENT', 'KILL', 'TYPE', 'pubsub');
  await namespace.redis.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
  await looks(namespace, 8);
  expect(calls()).toBe(0);
  expect(held()).toBe(1);
  release();
  expect(endingOf(await namespace.when(id, hasEnded))).toEqual({ status: 'completed' });
  expect(calls()).toBe(1);
});
