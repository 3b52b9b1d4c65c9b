import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cancelJob } from '@pawl/engine';
import { startTestBucket, testRedis } from '@pawl/testing';
import { afterAll, expect, test } from 'vitest';
import { createBucketArchive } from '../src/archive/bucket-archive.ts';
import { createFileArchive } from '../src/archive/file-archive.ts';
import { scripted, startTestWorker } from './harness/start-test-worker.ts';

const hour = 3_600_000;
const secret = 'whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=';

const directory = await mkdtemp(join(tmpdir(), 'pawl-archive-'));
afterAll(() => rm(directory, { recursive: true, force: true }));
const withFile = await startTestWorker(testRedis(), {
  archive: createFileArchive({ directory: join(directory, 'jobs'), fileBytes: 1_000_000 }),
  webhooks: { given: { default: [secret] } },
});

const bucket = await startTestBucket();
afterAll(() => bucket.close());
const withBucket = await startTestWorker(testRedis(), {
  archive: createBucketArchive(
    { ...bucket, bucket: 'kept', prefix: 'pawl/', timeout: 2_000 },
    async () => bucket,
  ),
});

type Worker = typeof withFile;

async function linesOfFile(): Promise<{ text: string; lines: Record<string, unknown>[] }> {
  const names = await readdir(join(directory, 'jobs')).catch((): string[] => []);
  const texts = await Promise.all(
    names.toSorted().map((name) => readFile(join(directory, 'jobs', name), 'utf8')),
  );
  const text = texts.join('');
  const lines = text.split('\n').filter((line) => line !== '');
  return { text, lines: lines.map((line) => JSON.parse(line) as Record<string, unknown>) };
}

async function endedJob({ post, engine }: Worker): Promise<string> {
  const id = await post({ prompt: 'Wait', delay_seconds: 3_600 });
  await cancelJob(engine, id, 'api');
  return id;
}

const exists = async ({ store }: Worker, id: string) => (await store.readJob(id)) !== undefined;

test('an ended job is a line with its steps and events before it is erased, and says no secret', async () => {
  const prompt = scripted([
    [{ tool: 'gmail_fetch_mails', arguments: { query: 'is:unread' } }],
    { text: 'Two mails.' },
  ]);
  const id = await withFile.post({ prompt, metadata: { order: '7' } });
  const { job } = await withFile.ended(id);
  const erasedByUser = await endedJob(withFile);
  await withFile.store.eraseJob(erasedByUser);
  await withFile.sweepLater(2 * hour);
  expect(await exists(withFile, id)).toBe(false);

  const { text, lines } = await linesOfFile();
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatchObject({
    id,
    sequence: job.sequence,
    object: 'archived_job',
    version: 1,
    tenant: 'default',
    job: {
      id,
      status: 'completed',
      prompt,
      result: { text: 'Two mails.' },
      metadata: { order: '7' },
    },
    steps: [
      { type: 'turn', turn: 0, status: 'completed' },
      { type: 'tool_call', tool: 'gmail_fetch_mails', status: 'succeeded' },
      { type: 'turn', turn: 1, status: 'completed' },
    ],
  });
  const events = lines[0]?.['events'] as { id: number; type: string }[];
  expect(events.map((event) => event.id)).toEqual(events.map((_, index) => index + 1));
  expect(events.at(0)?.type).toBe('job.queued');
  expect(events.at(-1)?.type).toBe('job.completed');
  for (const hidden of [secret, withFile.sandbox.clientSecret, withFile.sandbox.modelApiKey]) {
    expect(text).not.toContain(hidden);
  }
});

test('each of many jobs is one line', async () => {
  const before = (await linesOfFile()).lines.length;
  const ids = await Promise.all(Array.from({ length: 120 }, () => endedJob(withFile)));
  await Promise.all([withFile.sweepLater(2 * hour), withFile.sweepLater(2 * hour)]);
  await expect
    .poll(async () => {
      await withFile.sweepLater(2 * hour);
      return (await Promise.all(ids.map((id) => exists(withFile, id)))).filter(Boolean).length;
    })
    .toBe(0);
  const written = (await linesOfFile()).lines.slice(before).map(({ id }) => String(id));
  expect(written.toSorted()).toEqual(ids.toSorted());
});

test('while the bucket is away nothing is erased, it is said, and other work goes on', async () => {
  const { store, lines } = withBucket;
  const ids = [await endedJob(withBucket), await endedJob(withBucket)];
  bucket.setFault('hang');
  const away = withBucket.sweepLater(2 * hour);
  const other = await withBucket.post({ prompt: scripted([{ text: 'Done.' }]) });
  expect(await withBucket.ended(other)).toMatchObject({ status: 'completed', text: 'Done.' });
  await away;
  bucket.setFault('refuse');
  await withBucket.sweepLater(2 * hour);
  expect(await Promise.all(ids.map((id) => exists(withBucket, id)))).toEqual([true, true]);
  expect(await store.archiveProblem()).toContain('The archive takes nothing');
  const said = () => lines.filter((line) => line.includes('the archive is away'));
  expect(said()).toHaveLength(1);
  expect(bucket.objects.size).toBe(0);

  bucket.setFault(undefined);
  await withBucket.sweepLater(2 * hour);
  expect(await Promise.all(ids.map((id) => exists(withBucket, id)))).toEqual([false, false]);
  expect(await store.archiveProblem()).toBeUndefined();
  const day = new Date().toISOString().slice(0, 10).replaceAll('-', '/');
  for (const id of ids) {
    const [name, text] = [...bucket.objects].find(([key]) => key.includes(id)) ?? [];
    const line = JSON.parse(text ?? '') as { id: string; sequence: number };
    expect(name).toBe(`kept/pawl/jobs/${day}/${id}.${line.sequence}.json`);
    expect(line.id).toBe(id);
  }
  expect(bucket.refused).toEqual([]);
});

test('a bucket that does not know the keys takes nothing, and the keys are in no line of log', async () => {
  const archive = createBucketArchive({ ...bucket, bucket: 'kept', prefix: '' }, async () => ({
    ...bucket,
    secretAccessKey: 'another-secret-key',
  }));
  const entry = { id: 'job_0_a', sequence: 1, endedAt: 0, line: '{}' };
  await expect(archive.write(0, [entry])).rejects.toThrow('403');
  expect(bucket.refused).toEqual(['SignatureDoesNotMatch']);
  expect(withBucket.lines.join('')).not.toContain(bucket.secretAccessKey);
});
