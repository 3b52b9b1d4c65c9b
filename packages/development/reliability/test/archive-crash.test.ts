import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startTestBucket, waitFor } from '@pawl/testing';
import { expect, test } from 'vitest';
import { hasEnded } from '../src/testbed/namespace.ts';
import { type Experiment, experiments } from './experiment.ts';

const experiment = experiments();

/** Ends jobs that are due at once, and has the first worker killed when it has archived one and would erase it. */
async function killBetweenArchiveAndErasure(
  { testbed, namespace, post, user }: Experiment,
  variables: Record<string, string>,
): Promise<string[]> {
  const jobs = await Promise.all(
    Array.from({ length: 12 }, (_, index) => post([], { user: `${user}-${index}` })),
  );
  const ids = jobs.map(({ id }) => id);
  const maker = await testbed.startWorker(namespace);
  for (const id of ids) await namespace.when(id, hasEnded);
  maker.kill('SIGTERM');
  await maker.exited;
  // Their time comes.
  for (const id of ids) await namespace.redis.zadd(`{${namespace.name}:0}:retained`, 0, id);

  const victim = await testbed.startWorker(namespace, {
    variables,
    failpoints: [{ point: 'before_erasure', occurrence: 1, action: { kind: 'kill' } }],
  });
  expect(await victim.exited).toMatchObject({ signal: 'SIGKILL' });
  const left = await Promise.all(ids.map((id) => namespace.store.readJob(id)));
  expect(left.filter((job) => job !== undefined).length).toBeGreaterThan(0);

  await testbed.startWorker(namespace, { variables });
  await waitFor(async () => {
    const found = await Promise.all(ids.map((id) => namespace.store.readJob(id)));
    return found.every((job) => job === undefined);
  });
  return ids;
}

test.concurrent('a worker that dies between file and erasure: each job is one line', async (context) => {
  const directory = await mkdtemp(join(tmpdir(), 'pawl-archive-'));
  context.onTestFinished(() => rm(directory, { recursive: true, force: true }));
  const variables = { ARCHIVE_URL: `file://${directory}` };
  const ids = await killBetweenArchiveAndErasure(experiment(context), variables);
  const texts = await Promise.all(
    (await readdir(directory)).map((name) => readFile(join(directory, name), 'utf8')),
  );
  const lines = texts.join('').split('\n').slice(0, -1);
  const archived = lines.map((line) => (JSON.parse(line) as { id: string }).id);
  expect(archived.toSorted()).toEqual(ids.toSorted());
});

test.concurrent('a worker that dies between bucket and erasure: each job is one object', async (context) => {
  const bucket = await startTestBucket();
  context.onTestFinished(() => bucket.close());
  const ids = await killBetweenArchiveAndErasure(experiment(context), {
    ARCHIVE_URL: 's3://kept/pawl',
    ARCHIVE_S3_ENDPOINT: bucket.endpoint,
    ARCHIVE_S3_REGION: bucket.region,
    ARCHIVE_S3_ACCESS_KEY_ID: bucket.accessKeyId,
    ARCHIVE_S3_SECRET_ACCESS_KEY: bucket.secretAccessKey,
  });
  const archived = [...bucket.objects.values()].map(
    (text) => (JSON.parse(text) as { id: string }).id,
  );
  expect(archived.toSorted()).toEqual(ids.toSorted());
  // Those that were archived before the death were written again, as the same objects.
  expect(bucket.puts.length).toBeGreaterThan(bucket.objects.size);
  expect(bucket.refused).toEqual([]);
});
