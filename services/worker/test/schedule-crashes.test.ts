import { setTimeout as pause } from 'node:timers/promises';
import { randomToken, type ScheduleState } from '@pawl/contracts';
import { deleteSchedule } from '@pawl/engine';
import { whenRedisReady } from '@pawl/runtime';
import { startSandbox } from '@pawl/sandbox';
import {
  spawnService,
  startOwnRedis,
  testShards,
  waitFor,
  type RunningService,
} from '@pawl/testing';
import { seededRandom } from '@pawl/testing/seeded-random';
import { afterAll, afterEach, expect, test } from 'vitest';
import { connectEngine } from './harness/connect-engine.ts';
import { jobsOf, makeSchedule, slotsOf } from './harness/schedules.ts';

/** How many slots workers are killed through: 100 in the long form. */
const slotCount = Number(process.env['PAWL_SCHEDULE_SLOTS'] ?? 20);
/** On a machine where starting takes long, the slots go on until so many were killed. */
const fewestKills = Math.ceil(slotCount / 7);
/** A run that failed is repeated with its seed, as far as the machine's timing allows. */
const seed = Number(process.env['PAWL_SCHEDULE_SEED'] ?? Date.now() % 1_000_000);
const random = seededRandom(seed);
const patience = { timeout: 120_000 + slotCount * 5_000 };

const redis = await startOwnRedis();
const sandbox = await startSandbox({ autoActive: true });
const { redis: connection, store, engine, close } = await connectEngine(redis.url);
const running = new Set<RunningService>();

afterEach(async () => {
  await Promise.all([...running].map(kill));
  await connection.flushall();
});
afterAll(async () => {
  await close();
  await sandbox.close();
  await redis.remove();
});

async function startWorker(): Promise<RunningService> {
  const service = await spawnService({
    entry: 'services/worker/dist/main.js',
    env: {
      REDIS_URL: redis.url,
      PAWL_SHARDS: String(testShards),
      SCALEKIT_ENVIRONMENT_URL: sandbox.origin,
      SCALEKIT_CLIENT_ID: sandbox.clientId,
      SCALEKIT_CLIENT_SECRET: sandbox.clientSecret,
      FASTROUTER_BASE_URL: sandbox.modelBaseUrl,
      FASTROUTER_API_KEY: sandbox.modelApiKey,
      WORKER_LOCK_SECONDS: '1',
      WORKER_STALLED_SECONDS: '0.3',
      WORKER_SWEEP_SECONDS: '0.5',
    },
    ready: /worker is ready/,
  });
  running.add(service);
  return service;
}

async function kill(service: RunningService): Promise<void> {
  running.delete(service);
  service.kill('SIGKILL');
  await service.exited;
}

/**
 * Kills one worker after the other and starts another in its place: by turns at a moment that nobody chose, and right
 * after a slot has come, when it is being fired.
 */
async function killAtRandom(schedule: ScheduleState): Promise<number> {
  const starting: Promise<unknown>[] = [];
  while (secondsInto(schedule) < slotCount || starting.length < fewestKills) {
    const aimed = starting.length % 2 === 0;
    const untilSlot = 1_000 - ((secondsInto(schedule) * 1_000) % 1_000);
    await pause(aimed ? untilSlot + random() * 60 : random() * 1_000);
    const victims = [...running];
    const victim = victims[Math.floor(random() * victims.length)];
    // On a machine where starting takes longer than dying, nobody would be left to fire.
    if (victim === undefined || victims.length < 2) continue;
    await kill(victim);
    starting.push(startWorker());
  }
  await Promise.all(starting);
  return starting.length;
}

const startOf = ({ timing }: ScheduleState) => (timing.kind === 'every' ? timing.anchor : 0);
const secondsInto = (schedule: ScheduleState) => (Date.now() - startOf(schedule)) / 1_000;

test(
  `without an outage of Redis, each of ${slotCount} slots makes one job though workers are killed at random`,
  patience,
  async () => {
    process.stderr.write(`workers are killed by seed ${seed}\n`);
    await Promise.all([startWorker(), startWorker(), startWorker()]);
    const schedule = await makeSchedule({ engine, store });
    const kills = await killAtRandom(schedule);
    const last = Math.floor(secondsInto(schedule));
    await waitFor(async () => ((await slotsOf(store, schedule)).at(-1) ?? 0) >= last);
    await deleteSchedule(engine, schedule.id);
    const slots = await slotsOf(store, schedule);
    process.stderr.write(`${kills} workers were killed through ${slots.length} slots\n`);
    expect(slots).toEqual(Array.from(slots, (_, index) => index + 1));
    for (const job of await jobsOf(store, schedule)) {
      await waitFor(async () => (await store.readJob(job))?.phase.name === 'ended');
    }
  },
);

/** So many slots that they leave a gap where all but the newest are swallowed. */
async function untilSlotsHavePassed(schedule: ScheduleState): Promise<void> {
  const next = Math.ceil(secondsInto(schedule));
  await waitFor(() => secondsInto(schedule) > next + 1.5);
}

/** Where slots are missing: the last one before, and the first one after. */
function gapsOf(slots: readonly number[]): { before: number; after: number }[] {
  return slots.slice(1).flatMap((after, index) => {
    const before = slots[index] ?? 0;
    return after === before + 1 ? [] : [{ before, after }];
  });
}

test(
  'the slots that an outage of Redis swallowed make one job, and then the grid goes on',
  patience,
  async () => {
    await startWorker();
    const schedule = await makeSchedule({ engine, store });
    await waitFor(async () => (await slotsOf(store, schedule)).length >= 2);
    await redis.stop();
    const stopped = secondsInto(schedule);
    await untilSlotsHavePassed(schedule);
    const restarted = secondsInto(schedule);
    await redis.start();
    const back = secondsInto(schedule);
    await waitFor(async () => ((await slotsOf(store, schedule)).at(-1) ?? 0) > back + 2);
    const slots = await slotsOf(store, schedule);
    const [gap, ...others] = gapsOf(slots);
    expect(others).toEqual([]);
    expect(gap?.before).toBeLessThanOrEqual(Math.ceil(stopped));
    expect(gap?.after).toBeGreaterThanOrEqual(Math.floor(restarted));
  },
);

test('everything survives a restart of everything, Redis included', patience, async () => {
  const worker = await startWorker();
  const paused = await makeSchedule({ engine, store }, { enabled: false, prompt: randomToken() });
  const schedule = await makeSchedule({ engine, store }, { overlap: 'queue' });
  await waitFor(async () => (await slotsOf(store, schedule)).length >= 2);
  const pausedBefore = await store.readSchedule(paused.id);
  const templateBefore = await store.readScheduledJob(schedule.id);
  await worker.stop();
  running.delete(worker);
  const jobsBefore = await jobsOf(store, schedule);
  await redis.stop();
  await untilSlotsHavePassed(schedule);
  await redis.start();
  await whenRedisReady(connection, 60_000);
  expect(await store.readSchedule(paused.id)).toEqual(pausedBefore);
  expect(await store.readScheduledJob(schedule.id)).toEqual(templateBefore);
  expect(await jobsOf(store, schedule)).toEqual(jobsBefore);
  await startWorker();
  await waitFor(async () => (await slotsOf(store, schedule)).length >= jobsBefore.length + 3);
  const gaps = gapsOf(await slotsOf(store, schedule));
  expect(gaps).toHaveLength(1);
  expect(await jobsOf(store, paused)).toEqual([]);
});
