import { formatId, type JobState } from '@pawl/contracts';
import {
  admit,
  begin,
  cancelJob,
  defaultRules,
  type Admission,
  type Engine,
  type TaskQueue,
} from '@pawl/engine';
import { testRedis } from '@pawl/testing';
import { seededRandom } from '@pawl/testing/seeded-random';
import { expect, test } from 'vitest';
import { createStore } from '../src/index.ts';
import { newJob, noTasks, request, startStore } from './harness.ts';

const redis = testRedis({ oneServer: true });
const { keys } = await startStore(redis);
const connection = redis.connect();
const store = createStore({
  redis: connection,
  subscriber: redis.connect(),
  shards: 1,
  name: redis.namespace,
  retention: { jobs: { age: 1_000 } },
  tasks: noTasks,
});

const time = 1_000;
const refuse = () => Promise.reject(new Error('not part of this test'));
const queue: TaskQueue = {
  wake: () => Promise.resolve({ parked: [] }),
  sweepShares: refuse,
  setTimer: refuse,
  compareTimers: refuse,
};

function engineWith(waitingJobsLimit: number): Engine {
  return {
    store,
    queue,
    rules: { ...defaultRules, waitingJobsLimit },
    now: () => time,
    random: () => 0,
    onLostWake: () => undefined,
    links: { connect: () => '', approve: () => '' },
  };
}
const engine = engineWith(1_000);

let made = 0;
const nextJob = () => formatId('job', 0, `w${(made += 1)}`);

/** A new conversation with a job that holds it. */
async function busyConversation(): Promise<{ conversation: string; holder: string }> {
  const conversation = formatId('conversation', 0, `w${(made += 1)}`);
  const holder = nextJob();
  await admit(engine, admissionOf(holder, { conversation, startsConversation: true }));
  return { conversation, holder };
}

function admissionOf(
  id: string,
  parts: Partial<Admission> & Pick<Admission, 'conversation'>,
): Admission {
  return {
    id,
    tenant: 'default',
    user: 'user',
    startsConversation: false,
    request,
    limits: { turns: 8, tool_calls: 64, deadline_seconds: 89 },
    onUnknownOutcome: 'ask',
    priority: 0,
    whenBusy: 'queue',
    ...parts,
  };
}

const enter = (conversation: string, id: string, parts: Partial<Admission> = {}, by = engine) =>
  admit(by, admissionOf(id, { conversation, ...parts }));

/** Ends whichever job holds the conversation until nobody does; answers who did, in order. */
async function drain(conversation: string): Promise<string[]> {
  const order: string[] = [];
  for (;;) {
    const active = (await store.readConversation(conversation))?.active;
    if (active === null || active === undefined) return order;
    order.push(active);
    await cancelJob(engine, active, 'api');
  }
}

const leftOver = async (conversation: string) =>
  redis.redis.exists(keys.line(conversation), keys.delayedJobs(conversation));

test('waiting jobs start in the order of their coming, those that interrupt first', async () => {
  const { conversation, holder } = await busyConversation();
  const jobs = ['b', 'c', 'd', 'e'].map((name) => formatId('job', 0, name));
  const [b = '', c = '', d = '', e = ''] = jobs;
  await enter(conversation, b);
  await enter(conversation, c);
  await enter(conversation, d, { whenBusy: 'interrupt' });
  expect(await store.readJob(holder)).toMatchObject({ phase: { name: 'ended' } });
  await enter(conversation, e);
  await cancelJob(engine, c, 'api');
  expect(await drain(conversation)).toEqual([d, b, e]);
  expect(await leftOver(conversation)).toBe(0);
});

function leave(jobs: string[], job: string): void {
  if (jobs.includes(job)) jobs.splice(jobs.indexOf(job), 1);
}

test('whatever comes, goes and is due, the line is as a list would be', async () => {
  const random = seededRandom(7);
  const { conversation, holder } = await busyConversation();
  const active: string[] = [holder];
  const line: string[] = [];
  const delayed: string[] = [];
  const pick = (jobs: readonly string[]) => jobs[Math.floor(random() * jobs.length)];
  const join = (job: string) => (active.length === 0 ? active : line).push(job);
  for (let step = 0; step < 200; step += 1) {
    const choice = random();
    const job = nextJob();
    const due = pick(delayed);
    const leaving = pick([...line, ...delayed]);
    const [running] = active;
    if (choice < 0.35) {
      await enter(conversation, job);
      join(job);
    } else if (choice < 0.45) {
      await enter(conversation, job, { whenBusy: 'interrupt' });
      active.splice(0, 1, job);
    } else if (choice < 0.6) {
      await enter(conversation, job, { startAt: time + 10 });
      delayed.push(job);
    } else if (choice < 0.75 && due !== undefined) {
      await begin(engine, due);
      leave(delayed, due);
      join(due);
    } else if (choice < 0.9 && leaving !== undefined) {
      await cancelJob(engine, leaving, 'api');
      leave(line, leaving);
      leave(delayed, leaving);
    } else if (running !== undefined) {
      await cancelJob(engine, running, 'api');
      active.splice(0, 1, ...line.splice(0, 1));
    }
    expect(await store.readConversation(conversation), `after step ${step}`).toMatchObject({
      active: active[0] ?? null,
      line: { next: line[0] ?? null, count: line.length + delayed.length, changes: [] },
    });
  }
  expect(await drain(conversation)).toEqual([...active, ...line]);
});

test('jobs that come at the same time all have a place of their own', async () => {
  const { conversation, holder } = await busyConversation();
  const jobs = Array.from({ length: 20 }, nextJob);
  await Promise.all(jobs.map((job) => enter(conversation, job)));
  const order = await drain(conversation);
  expect(order.toSorted()).toEqual([holder, ...jobs].toSorted());
});

test.each([
  ['jobs that line up', {}],
  ['jobs with a later start', { startAt: 1_000_000 }],
  ['jobs that interrupt', { whenBusy: 'interrupt' }],
] as const)(
  '%s are refused once as many wait as may, whatever they wait for',
  async (_what, way) => {
    const { conversation } = await busyConversation();
    const small = engineWith(4);
    for (const startAt of [undefined, 1_000_000, undefined, 1_000_000]) {
      const parts = startAt === undefined ? {} : { startAt };
      expect((await enter(conversation, nextJob(), parts, small)).kind).toBe('admitted');
    }
    expect((await enter(conversation, nextJob(), way, small)).kind).toBe('full');
  },
);

test('a job with a later start that is cancelled makes room', async () => {
  const { conversation } = await busyConversation();
  const small = engineWith(1);
  const later = { startAt: 1_000_000 };
  const first = nextJob();
  await enter(conversation, first, later, small);
  expect((await enter(conversation, nextJob(), later, small)).kind).toBe('full');
  await cancelJob(engine, first, 'api');
  expect((await enter(conversation, nextJob(), later, small)).kind).toBe('admitted');
});

/** Bytes that the store sends to Redis meanwhile. */
async function sizeOf(work: () => Promise<unknown>): Promise<number> {
  const before = connection.stream.bytesWritten;
  await work();
  return connection.stream.bytesWritten - before;
}

/** Does it twenty times, one after the other. */
const some =
  <Result>(work: () => Promise<Result>) =>
  async () => {
    for (let count = 0; count < 20; count += 1) await work();
  };

test('what a commit sends does not grow with the jobs that wait', async () => {
  const { conversation } = await busyConversation();
  const jobs: string[] = [];
  const ways = {
    lineUp: some(() => enter(conversation, nextJob())),
    delay: some(() => enter(conversation, nextJob(), { startAt: time + 10 })),
    begin: some(() => begin(engine, jobs.pop() ?? '')),
    leave: some(() => cancelJob(engine, jobs.pop() ?? '', 'api')),
  };
  const measure = async () => {
    const sizes: Partial<Record<keyof typeof ways, number>> = {};
    for (const [name, way] of Object.entries(ways)) {
      const key = name as keyof typeof ways;
      jobs.splice(0, jobs.length, ...(await redis.redis.smembers(keys.delayedJobs(conversation))));
      if (jobs.length < 20) await ways.delay();
      jobs.splice(0, jobs.length, ...(await redis.redis.smembers(keys.delayedJobs(conversation))));
      sizes[key] = await sizeOf(way);
    }
    return sizes;
  };
  const first = await measure();
  for (let round = 0; round < 20; round += 1) await ways.lineUp();
  const later = await measure();
  // The ids of those 400 alone would be three times as much as a commit sends.
  const grown = Object.entries(later).filter(
    ([way, size]) => size > (first[way as keyof typeof ways] ?? 0) * 1.2,
  );
  expect(grown).toEqual([]);
  expect(Object.keys(later)).toEqual(Object.keys(ways));
});

/** As version 1 wrote it. */
const oldState = (conversation: string, active: string, line: readonly string[]) => ({
  id: conversation,
  tenant: 'default',
  user: 'user',
  revision: 40,
  createdAt: 1_700_000_000_000,
  active,
  line,
  holds: {},
});

/** Jobs in a conversation as the version before this structure left it, its line in the state. */
async function oldConversation(count: number) {
  const conversation = formatId('conversation', 0, `old${(made += 1)}`);
  const jobs = Array.from({ length: count }, nextJob);
  const [active = '', ...line] = jobs;
  const states: JobState[] = jobs.map((id) =>
    newJob({ id, conversation, ...(id === active ? {} : { phase: { name: 'lined' } }) }),
  );
  for (const job of states) {
    await store.commit({
      jobs: [{ before: null, after: job, request, steps: [], events: [] }],
      at: 0,
    });
  }
  await redis.redis.hset(keys.conversation(conversation), {
    revision: 40,
    state: JSON.stringify(oldState(conversation, active, line)),
  });
  return { conversation, jobs };
}

test('jobs that an older version kept in the state keep their order, between those that come', async () => {
  const { conversation, jobs } = await oldConversation(1_001);
  const [last, first] = [nextJob(), nextJob()];
  expect((await enter(conversation, last)).kind).toBe('full');
  const roomy = engineWith(2_000);
  await enter(conversation, last, {}, roomy);
  await enter(conversation, first, { whenBusy: 'interrupt' }, roomy);
  expect(await redis.redis.zrange(keys.line(conversation), '0', '-1')).toEqual([
    ...jobs.slice(1),
    last,
  ]);
  await cancelJob(engine, jobs[1] ?? '', 'api');
  await cancelJob(engine, first, 'api');
  expect((await store.readConversation(conversation))?.active).toBe(jobs[2]);
});

test('the job that ends passes an older version’s conversation on', async () => {
  const { conversation, jobs } = await oldConversation(3);
  expect(await drain(conversation)).toEqual(jobs);
  expect(await leftOver(conversation)).toBe(0);
});

test('a conversation in which nobody waits can still be read by the version before', async () => {
  const { conversation, holder } = await busyConversation();
  const stateOf = async () =>
    JSON.parse((await redis.redis.hget(keys.conversation(conversation), 'state')) ?? '') as object;
  expect(await stateOf()).toMatchObject({ line: [] });
  const waiting = nextJob();
  await enter(conversation, waiting);
  expect(await stateOf()).not.toHaveProperty('line');
  await cancelJob(engine, holder, 'api');
  await cancelJob(engine, waiting, 'api');
  await enter(conversation, nextJob());
  expect(await stateOf()).toMatchObject({ line: [] });
});
