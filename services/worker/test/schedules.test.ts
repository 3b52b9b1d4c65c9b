import { newId, shardOfId, type ScheduledJob } from '@pawl/contracts';
import {
  cancelJob,
  deleteSchedule,
  fireSchedule,
  scheduleView,
  triggerSchedule,
  updateSchedule,
} from '@pawl/engine';
import { createKeys } from '@pawl/store';
import { testRedis, waitFor } from '@pawl/testing';
import { expect, test } from 'vitest';
import { jobsOf, makeSchedule, slotsOf, untilSchedule } from './harness/schedules.ts';
import { startTestWorker } from './harness/start-test-worker.ts';
import { startReceiver } from './harness/webhook-receiver.ts';

const redis = testRedis();
const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
const worker = await startTestWorker(redis, {
  sandbox: { autoActive: false },
  rules: { scheduleFailures: 3 },
  webhooks: { given: { default: [secret] } },
});
const { engine, store, control } = worker;
const keys = createKeys(redis.namespace);
const receiver = await startReceiver();

/** When BullMQ's Job Scheduler of a schedule fires next; undefined: there is none. */
async function timerOf(schedule: string): Promise<number | undefined> {
  const tag = keys.tag(shardOfId(schedule));
  const next = await redis.redis.zscore(`${tag}:schedules:repeat`, schedule);
  return next === null ? undefined : Number(next);
}

/** A sweep that read the schedule before it stopped may put its timer back, until the next sweep. */
async function untilThereIsNoTimer(schedule: string): Promise<void> {
  await waitFor(async () => (await timerOf(schedule)) === undefined);
}

/** The model never answers this prompt until it is let go. */
function hold(prompt: string): () => void {
  const match = { operation: 'model', promptIncludes: prompt } as const;
  const id = control.addFault({ match, effect: { kind: 'hang' }, times: 100 });
  return () => {
    control.clearFaults(id);
    control.release(match);
  };
}

const started = (count: number) => (schedule: { lastJob?: string | undefined; open: string[] }) =>
  schedule.lastJob !== undefined && schedule.open.length >= count;

test('every slot makes one job, and its jobs are listed', async () => {
  const schedule = await makeSchedule(worker);
  await waitFor(async () => (await slotsOf(store, schedule)).length >= 3);
  await deleteSchedule(engine, schedule.id);
  const slots = await slotsOf(store, schedule);
  expect(slots).toEqual(Array.from(slots, (_, index) => index + 1));
  for (const job of await jobsOf(store, schedule)) {
    expect(await worker.ended(job)).toMatchObject({ status: 'completed' });
  }
  await untilThereIsNoTimer(schedule.id);
});

test('many tasks at once make no more jobs than there are slots', async () => {
  const schedule = await makeSchedule(worker, { seconds: 3_600 });
  const now = () => schedule.createdAt + 2 * 3_600_000 + 1;
  const later = { ...engine, now };
  await Promise.all(Array.from({ length: 20 }, () => fireSchedule(later, schedule.id)));
  expect(await slotsOf(store, schedule)).toEqual([1, 2]);
});

test('a slot whose job was erased does not fire again', async () => {
  const schedule = await makeSchedule(worker, { slots: 1 });
  const { lastJob = '' } = await untilSchedule(store, schedule.id, ({ next }) => next === null);
  await worker.ended(lastJob);
  expect((await store.eraseJob(lastJob)).kind).toBe('erased');
  expect(await fireSchedule(engine, schedule.id)).toMatchObject({ settled: false, next: null });
  expect(await jobsOf(store, schedule)).toEqual([]);
});

test('skip: no slot starts while the last job has not ended, and none is made up for', async () => {
  const prompt = 'Hold the skipping one.';
  const release = hold(prompt);
  const schedule = await makeSchedule(worker, { prompt, overlap: 'skip' });
  const busy = await untilSchedule(
    store,
    schedule.id,
    ({ lastSlot }) => lastSlot?.outcome.kind === 'skipped',
  );
  expect(busy.open).toEqual([busy.lastJob]);
  expect(await slotsOf(store, schedule)).toHaveLength(1);
  release();
  await untilSchedule(store, schedule.id, ({ lastJob }) => lastJob !== busy.lastJob);
  await deleteSchedule(engine, schedule.id);
  const [first = 0, second = 0] = await slotsOf(store, schedule);
  expect(second - first).toBeGreaterThan(1);
});

test('queue: slots wait in line and start one after the other', async () => {
  const prompt = 'Hold the queueing one.';
  const release = hold(prompt);
  const schedule = await makeSchedule(worker, { prompt, overlap: 'queue' });
  const busy = await untilSchedule(store, schedule.id, ({ line }) => line.length >= 2);
  expect(await slotsOf(store, schedule)).toEqual([1]);
  await updateSchedule(engine, schedule.id, ({ timing, next }) => ({
    change: { timing: { ...timing, endAt: next ?? 0 } },
  }));
  release();
  await untilSchedule(
    store,
    schedule.id,
    ({ next, line, open }) => next === null && line.length === 0 && open.length === 0,
  );
  const slots = await slotsOf(store, schedule);
  expect(slots.length).toBeGreaterThanOrEqual(1 + busy.line.length);
  expect(slots).toEqual(Array.from(slots, (_, index) => index + 1));
  const jobs = await Promise.all((await jobsOf(store, schedule)).map((job) => worker.ended(job)));
  const spans = jobs
    .map(({ job: { createdAt, phase } }) => ({
      from: createdAt,
      to: phase.name === 'ended' ? phase.at : 0,
    }))
    .toSorted((one, other) => one.from - other.from);
  for (const [index, span] of spans.slice(1).entries()) {
    expect(span.from).toBeGreaterThanOrEqual(spans[index]?.to ?? Number.POSITIVE_INFINITY);
  }
});

test('allow: slots start beside each other', async () => {
  const prompt = 'Hold the allowed one.';
  const release = hold(prompt);
  const schedule = await makeSchedule(worker, { prompt, overlap: 'allow' });
  const busy = await untilSchedule(store, schedule.id, started(3));
  await deleteSchedule(engine, schedule.id);
  release();
  for (const job of busy.open) {
    expect(await worker.ended(job)).toMatchObject({ status: 'completed' });
  }
});

test('a paused schedule fires nothing, has no timer, and goes on from when it is enabled', async () => {
  const schedule = await makeSchedule(worker, { enabled: false });
  expect(schedule.next).toBeNull();
  expect(await timerOf(schedule.id)).toBeUndefined();
  const enabled = await updateSchedule(engine, schedule.id, () => ({ change: { enabled: true } }));
  await untilSchedule(store, schedule.id, ({ lastSlot }) => lastSlot !== undefined);
  await updateSchedule(engine, schedule.id, () => ({ change: { enabled: false } }));
  const slots = await slotsOf(store, schedule);
  const anchor = schedule.timing.kind === 'every' ? schedule.timing.anchor : 0;
  const first = ((enabled?.next ?? 0) - anchor) / 1_000;
  expect(slots).toEqual(Array.from(slots, (_, index) => first + index));
  await untilThereIsNoTimer(schedule.id);
});

test('a schedule that is triggered posts at once, even while it is paused', async () => {
  const schedule = await makeSchedule(worker, { enabled: false });
  const job = newId('job', shardOfId(schedule.id));
  const trigger = () => triggerSchedule(engine, { schedule: schedule.id, job });
  const outcomes = await Promise.all([trigger(), trigger(), trigger()]);
  expect(outcomes.map(({ kind }) => kind)).toEqual(['admitted', 'admitted', 'admitted']);
  expect(await worker.ended(job)).toMatchObject({ status: 'completed' });
  expect(await jobsOf(store, schedule)).toEqual([job]);
  expect(await store.readSchedule(schedule.id)).toMatchObject({ lastJob: job, open: [] });
});

test('a timer that BullMQ has lost is put back, and a needless one taken away', async () => {
  const schedule = await makeSchedule(worker, { seconds: 3_600 });
  await engine.queue.setTimer(schedule.id, null);
  const orphan = newId('schedule', 0);
  await engine.queue.setTimer(orphan, { pattern: '0 0 1 1 *', timezone: 'UTC' });
  const timer = await waitFor(() => timerOf(schedule.id));
  expect(timer).toBe(schedule.next);
  await untilThereIsNoTimer(orphan);
});

test('a schedule goes on although its pending task was deleted', async () => {
  const schedule = await makeSchedule(worker);
  await untilSchedule(store, schedule.id, ({ lastSlot }) => lastSlot !== undefined);
  await redis.redis.del(`${keys.tag(shardOfId(schedule.id))}:schedules:delayed`);
  const count = (await slotsOf(store, schedule)).length;
  await waitFor(async () => (await slotsOf(store, schedule)).length >= count + 2);
  await deleteSchedule(engine, schedule.id);
  const slots = await slotsOf(store, schedule);
  expect(slots).toEqual(Array.from(slots, (_, index) => index + 1));
});

test('a schedule that fails so many times in a row disables itself, says why, and tells it', async () => {
  const prompt = 'Fails by schedule.';
  control.addFault({
    match: { operation: 'model', promptIncludes: prompt },
    effect: { kind: 'http_status', status: 401 },
    times: 100,
  });
  const webhook = {
    url: receiver.url,
    events: ['schedule.disabled'],
  } satisfies ScheduledJob['webhook'];
  const schedule = await makeSchedule(worker, { prompt, overlap: 'queue', job: { webhook } });
  const stopped = await untilSchedule(
    store,
    schedule.id,
    ({ activity }) => activity.name === 'disabled',
  );
  expect(stopped.failures).toHaveLength(3);
  expect(stopped.activity).toMatchObject({
    code: 'failures',
    message: expect.stringContaining('Its last 3 jobs failed'),
  });
  expect(await slotsOf(store, schedule)).toEqual([1, 2, 3]);
  const [told] = await waitFor(() => {
    const found = receiver.of(schedule.id);
    return found.length > 0 ? found : undefined;
  });
  expect(told?.event).toMatchObject({
    type: 'schedule.disabled',
    data: {
      id: schedule.id,
      object: 'schedule',
      status: 'disabled',
      enabled: false,
      last_job: { id: stopped.lastJob, status: 'failed' },
      failures_in_a_row: 3,
      disabled_reason: {
        code: 'failures',
        message: expect.stringContaining(stopped.lastJob ?? ''),
      },
    },
  });
  await untilThereIsNoTimer(schedule.id);
  expect(receiver.of(schedule.id)).toHaveLength(1);
});

test('a job that needs its account authorized again is shown by its schedule', async () => {
  const template = await makeSchedule(worker, { enabled: false });
  const job = await store.readScheduledJob(template.id);
  if (job === undefined) throw new Error('the schedule is gone');
  const request = { ...job.request, connections: ['gmail'] };
  const schedule = await makeSchedule(worker, { overlap: 'skip', job: { request } });
  const shown = await waitFor(async () => {
    const record = await store.readSchedule(schedule.id);
    const last =
      record?.lastJob === undefined ? undefined : await store.readJobParts(record.lastJob);
    if (record === undefined || last === undefined) return undefined;
    const resource = scheduleView({ schedule: record, job, last }, engine.links);
    return resource.last_job?.status === 'requires_action' ? resource : undefined;
  });
  expect(shown.last_job?.required_action).toMatchObject({
    type: 'connect_account',
    connection: 'gmail',
  });
  await cancelJob(engine, shown.last_job?.id ?? '', 'api');
  await deleteSchedule(engine, schedule.id);
});

test('a schedule whose conversation is gone disables itself and says why', async () => {
  const schedule = await makeSchedule(worker, { enabled: false });
  const conversation = newId('conversation', 0);
  await updateSchedule(engine, schedule.id, () => ({ change: { conversation, enabled: true } }));
  const stopped = await untilSchedule(
    store,
    schedule.id,
    ({ activity }) => activity.name === 'disabled',
  );
  expect(stopped.activity).toMatchObject({
    code: 'conversation_gone',
    message: expect.stringContaining(conversation),
  });
});
