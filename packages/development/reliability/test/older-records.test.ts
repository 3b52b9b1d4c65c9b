import type { JobState } from '@pawl/contracts';
import { requiredActionOf, resumeJobs } from '@pawl/engine';
import { createKeys, createWebhookSecrets, recordFormat } from '@pawl/store';
import { expect, test } from 'vitest';
import { endingOf, hasEnded, type Namespace, rests } from '../src/testbed/namespace.ts';
import { experiments } from './experiment.ts';
import { readFixture, restore, type StoredFixture } from './stored-fixture.ts';

// What each version that ever landed has stored can be read, and goes on. Its own processes wrote the fixture.
const experiment = experiments();
const minute = 60_000;

async function open(namespace: Namespace, version: number): Promise<StoredFixture> {
  // As old as it takes for a call that was in flight to have timed out.
  const fixture = await readFixture(version, 2 * minute);
  await restore(namespace.redis, namespace.name, fixture);
  return fixture;
}

test.concurrent.for([1])('every record of version %i is read', async (version, context) => {
  const { namespace } = experiment(context);
  const { jobs, schedule, apiKey, webhookSecret } = await open(namespace, version);
  const { store, redis, name } = namespace;
  for (const [what, id] of Object.entries(jobs)) {
    const parts = await store.readJobParts(id);
    expect(parts?.request.metadata).toEqual({ name: what });
    await store.readSteps(id);
    expect(await store.readConversation(parts?.job.conversation ?? '')).toBeDefined();
  }
  expect((await store.readJobParts(jobs['completed'] ?? ''))?.result).toEqual({ text: 'Done.' });
  expect(await store.readSchedule(schedule)).toMatchObject({ overlap: 'queue' });
  expect(await store.readScheduledJob(schedule)).toMatchObject({ request: { prompt: 'Work' } });
  expect(await store.verifyApiKey(apiKey)).toMatchObject({ tenant: 'default' });
  expect(await store.takeOAuthState('0_fixture', 'cookie')).toMatchObject({ connection: 'gmail' });
  expect(await store.readIdempotencyRecord('default', 'fixture')).toMatchObject({
    bodyHash: 'hash',
    made: jobs['completed'],
  });
  const { deliveries } = await store.listDeliveries({ tenant: 'default', limit: 10 });
  expect(deliveries.map(({ type }) => type).toSorted()).toEqual(['job.cancelled', 'job.completed']);
  const secrets = createWebhookSecrets({
    redis,
    keys: createKeys(name),
    encryptionKey: Buffer.alloc(32, 5),
    given: {},
  });
  expect(await secrets.secretsOf('default', Date.now())).toEqual([webhookSecret]);
});

test.concurrent.for([1])('every job of version %i goes on', async (version, context) => {
  const it = experiment(context);
  const { testbed, namespace } = it;
  const { jobs } = await open(namespace, version);
  const { store, engine, redis } = namespace;
  const idOf = (what: string) => jobs[what] ?? what;
  const performed = (what: string) =>
    testbed.ledger.performed(`person-${what}`).filter(({ tool }) => tool === 'gmail_send_message');
  const read = async (what: string) => store.readJob(idOf(what));
  const ended = await Promise.all(['completed', 'failed', 'expired', 'stopped'].map(read));
  const blocked = await read('blocked');
  expect(blocked && requiredActionOf(blocked)).toMatchObject({ type: 'connect_account' });

  for (const what of Object.keys(jobs)) {
    const account = { connection: 'gmail', identifier: `person-${what}` };
    testbed.sandbox.control.setAccountStatus(account, 'ACTIVE');
  }
  await testbed.startWorker(namespace);
  await resumeJobs(engine, { tenant: 'default', user: 'person-blocked', connection: 'gmail' });
  // Nobody knows whether these were made: they are asked about, not made again.
  for (const what of ['writing', 'unknown']) {
    const asking = await namespace.when(idOf(what), rests);
    expect(requiredActionOf(asking)).toMatchObject({ type: 'resolve_tool_outcome' });
    await namespace.decide(asking, { decision: 'reject', message: 'it was not made' });
  }
  const going = Object.keys(jobs).filter((what) => !ended.some((job) => job?.id === idOf(what)));
  for (const what of going) {
    expect(endingOf(await namespace.when(idOf(what), hasEnded))).toEqual({
      status: 'completed',
    });
    expect(await formatOf(redis, namespace.name, idOf(what))).toBe(recordFormat);
  }
  expect(going).toHaveLength(10);
  for (const what of ['writing', 'unknown']) expect(performed(what)).toEqual([]);
  expect(performed('called')).toMatchObject([{ times: 1 }]);
  // What had ended stays as it was (invariant 7).
  expect(await Promise.all(['completed', 'failed', 'expired', 'stopped'].map(read))).toEqual(ended);
});

async function formatOf(
  redis: Namespace['redis'],
  name: string,
  job: JobState['id'],
): Promise<unknown> {
  const state = await redis.hget(createKeys(name).job(job), 'state');
  return (JSON.parse(state ?? '{}') as { format?: unknown }).format;
}
