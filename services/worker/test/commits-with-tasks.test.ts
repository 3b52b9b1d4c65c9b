import { newId } from '@pawl/contracts';
import { admit, claimTurn, contextOf, type Engine, type Share, type Wake } from '@pawl/engine';
import { createTaskScript, type TakenTask } from '@pawl/queue';
import { connectRedis, whenRedisReady } from '@pawl/runtime';
import { createKeys, createStore, jobWithTask } from '@pawl/store';
import { forgetful, startRefusingRedis, testRedis } from '@pawl/testing';
import { afterAll, expect, test } from 'vitest';
import { connectEngine } from './harness/connect-engine.ts';

const redis = testRedis();
const { engine, store, queue, keys, close } = await connectEngine(redis.url, {
  name: redis.namespace,
});
afterAll(() => close());

const slots = { nominal: 100, reserve: 0, groupLimit: 0 };
const allSlots = { turn: slots, tool_call: slots, webhook: slots, schedule: slots };
const lock = { token: 'worker:next:1', duration: 60_000 };

/** A job whose turn is ready, and the claim of that turn. */
async function readyJob(by: Engine = engine) {
  const id = newId('job', 0);
  await admit(by, {
    id,
    tenant: 'default',
    user: 'user',
    conversation: newId('conversation', 0),
    startsConversation: true,
    onUnknownOutcome: 'ask',
    priority: 0,
    whenBusy: 'queue',
    request: {
      prompt: 'Work',
      models: ['openai/gpt-4o-mini'],
      modelOptions: {},
      instructions: '',
      connections: [],
      tools: {},
      metadata: {},
    },
    limits: { turns: 8, tool_calls: 64, deadline_seconds: 60 },
  });
  const job = await by.store.readJob(id);
  if (job?.phase.name !== 'turn') throw new Error('the turn must be ready');
  const { since } = job.phase.step;
  const claim = claimTurn(job, { since }, contextOf(by));
  if (claim.kind !== 'claimed') throw new Error(claim.kind);
  return { id, since, commit: { jobs: [claim.transition], at: by.now() } };
}

/** The task of some step, which nobody has woken. */
function callOf(job: string): Wake {
  return {
    task: { kind: 'tool_call', job, turn: 0, index: 0, since: 7 },
    at: 0,
    priority: 0,
    owner: { tenant: 'default', group: 'user' },
  };
}

/** A store that sends each commit twice, since the first answer is lost. */
async function openSendingTwice(name: string) {
  const connection = connectRedis(redis.url, 'worker');
  afterAll(() => connection.disconnect());
  await whenRedisReady(connection, 60_000);
  return createStore({
    redis: forgetful(connection),
    subscriber: connection,
    shards: 1,
    name,
    retention: { jobs: { age: 60_000 } },
    tasks: createTaskScript(createKeys(name)),
  });
}

const nothing = { wakes: [], over: [] };
const usageOf = async (kind: string) =>
  (await queue.shareUsage(0)).find((usage) => usage.kind === kind && usage.tenant === undefined);

test('a commit whose task gets no share is not written, and the task before it keeps its own', async () => {
  await queue.announceSlots('worker', { ...allSlots, tool_call: { ...slots, nominal: 0 } });
  const { id, since, commit } = await readyJob();
  expect(await usageOf('turn')).toMatchObject({ held: 1 });
  const ending: Share = { task: { kind: 'turn', job: id, since }, isHeld: true };
  const start = { wake: callOf(id), lock };
  expect(await store.commit(commit, { ...nothing, ending, start })).toEqual({
    kind: 'not_started',
  });
  expect((await store.readJob(id))?.sequence).toBe(1);
  expect(await usageOf('turn')).toMatchObject({ held: 1 });
  expect(await usageOf('tool_call')).toBeUndefined();
  expect(await store.commit(commit, { ...nothing, ending })).toEqual({ kind: 'written' });
  expect(await usageOf('turn')).toBeUndefined();
});

test('a commit that ends a task takes the next one for its slot, and tells it; when it is sent again, too', async () => {
  const name = `${redis.namespace}:next`;
  const own = await connectEngine(redis.url, { name, shards: 1 });
  afterAll(() => own.close());
  await own.queue.announceSlots('worker', { ...allSlots, turn: { ...slots, nominal: 1 } });
  const [first, second, third] = [
    await readyJob(own.engine),
    await readyJob(own.engine),
    await readyJob(own.engine),
  ];
  const turns = own.queue.bullQueues.find(({ queue: { name: kind } }) => kind === 'turns')?.queue;
  const activeIds = async () => (await turns?.getActive())?.map(({ id }) => id);
  const told: unknown[] = [];
  const endOf = ({ id, since }: typeof first): Share => ({
    token: lock.token,
    onCompleted: (next) => told.push(next),
    task: { kind: 'turn', job: id, since },
    isHeld: true,
    takesNext: () => ({
      lock,
      fromQueue: false,
      dueFirst: false,
      reads: own.store.fieldsWithTask(0, 'turn'),
    }),
  });
  // A worker has taken the first one.
  await redis.redis.del(`${own.keys.tag(0)}:turns:wait`);
  expect(await own.store.commit(first.commit, { ...nothing, ending: endOf(first) })).toEqual({
    kind: 'written',
  });
  const [hash, id, , , , read = []] = told[0] as TakenTask;
  expect(id).toBe(`${second.id}.turn.${second.since}`);
  expect(hash).toContain('data');
  expect(jobWithTask(second.id, read).state()).toEqual(await own.store.readJob(second.id));
  expect(await activeIds()).toEqual([id]);
  const lockOfNext = await redis.redis.get(`${own.keys.tag(0)}:turns:${id}:lock`);
  expect(lockOfNext).toBe(lock.token);

  const sendingTwice = await openSendingTwice(name);
  const again = await sendingTwice.commit(second.commit, { ...nothing, ending: endOf(second) });
  expect(again).toEqual({ kind: 'written' });
  expect((told[1] as TakenTask)[1]).toBe(`${third.id}.turn.${third.since}`);
  expect((await activeIds())?.[0]).toBe(`${third.id}.turn.${third.since}`);
});

test('a commit that is refused changes no tasks', async () => {
  await queue.announceSlots('worker', allSlots);
  const { id, since, commit } = await readyJob();
  expect(await store.commit(commit)).toEqual({ kind: 'written' });
  const ending: Share = { task: { kind: 'turn', job: id, since }, isHeld: true };
  const wakes = [callOf(id)];
  // Another one from the same state: the same would find that it is written.
  const other = { ...commit };
  expect(await store.commit(other, { ...nothing, ending, wakes })).toEqual({ kind: 'refused' });
  expect(await usageOf('turn')).toMatchObject({ held: 1 });
  expect(await usageOf('tool_call')).toBeUndefined();
  await queue.giveBack(ending);
});

test('whatever is wrong with a queue costs no commit: the wake counts as lost', async () => {
  await queue.announceSlots('worker', allSlots);
  const { id, commit } = await readyJob();
  const damaged = `${keys.tag(0)}:shares:tool-calls`;
  await redis.redis.set(damaged, 'not a hash');
  const answer = await store.commit(commit, { ...nothing, wakes: [callOf(id)] });
  await redis.redis.del(damaged);
  expect(answer).toMatchObject({ kind: 'written' });
  expect(answer).toHaveProperty('lostWake.message', expect.stringContaining('WRONGTYPE'));
  expect((await store.readJob(id))?.sequence).toBe(2);
});

test('a commit whose start fails by a damaged queue is made without it', async () => {
  await queue.announceSlots('worker', allSlots);
  const { id, commit } = await readyJob();
  const damaged = `${keys.tag(0)}:shares:tool-calls`;
  await redis.redis.set(damaged, 'not a hash');
  const start = { wake: callOf(id), lock };
  expect(await store.commit(commit, { ...nothing, start })).toEqual({ kind: 'not_started' });
  await redis.redis.del(damaged);
  expect(await store.commit(commit, nothing)).toEqual({ kind: 'written' });
  expect((await store.readJob(id))?.sequence).toBe(2);
});

test('a commit that is tried again, since an error came in place of its answer, is the same one', async () => {
  await queue.announceSlots('worker', allSlots);
  const { id, commit } = await readyJob();
  const connection = connectRedis(redis.url, 'worker');
  afterAll(() => connection.disconnect());
  let isLost = false;
  const losing = new Proxy(connection, {
    get(target, name) {
      if (name !== 'evalsha' || isLost) return Reflect.get(target, name, target) as unknown;
      return async (...words: [string, number, ...string[]]) => {
        isLost = true;
        await target.evalsha(...words);
        throw new Error('NOREPLICAS');
      };
    },
  });
  const own = createStore({
    redis: losing,
    subscriber: connection,
    shards: 1,
    name: redis.namespace,
    retention: { jobs: { age: 60_000 } },
    tasks: createTaskScript(createKeys(redis.namespace)),
  });
  await expect(own.commit(commit, nothing)).rejects.toThrow('NOREPLICAS');
  expect(await own.commit(commit, nothing)).toEqual({ kind: 'written' });
  expect((await store.readJob(id))?.sequence).toBe(2);
});

test('a commit that is sent again, since its answer was lost, has started its task once', async () => {
  await queue.announceSlots('worker', allSlots);
  const { id, since, commit } = await readyJob();
  const sendingTwice = await openSendingTwice(redis.namespace);
  const ending: Share = { task: { kind: 'turn', job: id, since }, isHeld: true };
  const start = { wake: callOf(id), lock };
  expect(await sendingTwice.commit(commit, { ...nothing, ending, start })).toEqual({
    kind: 'written',
  });
  expect(await usageOf('tool_call')).toMatchObject({ held: 1, parked: 0 });
  const calls = queue.bullQueues.find(({ queue: { name } }) => name === 'tool-calls')?.queue;
  expect((await calls?.getActive())?.map(({ data }) => data as unknown)).toMatchObject([
    { job: id, index: 0 },
  ]);
  expect((await store.readJob(id))?.sequence).toBe(2);
});

test('while memory is full a task is not started: its commit would be refused', async () => {
  const full = await startRefusingRedis();
  afterAll(() => full.remove());
  const other = await connectEngine(full.url, { name: 'full' });
  afterAll(() => other.close());
  await other.queue.announceSlots('worker', allSlots);
  const { id, since, commit } = await readyJob(other.engine);
  const ending: Share = { task: { kind: 'turn', job: id, since }, isHeld: true };
  const tasks = { ...nothing, ending, start: { wake: callOf(id), lock } };
  await full.refuse('OOM');
  await expect(other.store.commit(commit, tasks)).rejects.toThrow('OOM');
  expect((await other.store.readJob(id))?.sequence).toBe(1);
  expect(await other.queue.shareUsage(0)).toMatchObject([{ kind: 'turn' }, { kind: 'turn' }]);
  await full.heal();
  expect(await other.store.commit(commit, tasks)).toEqual({ kind: 'written' });
});
