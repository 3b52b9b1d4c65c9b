import { type ApprovalDecision, type Ending, type JobState, Limits, newId } from '@pawl/contracts';
import {
  admit,
  linksOf,
  takeDecision,
  defaultRules,
  type Engine,
  requiredActionOf,
} from '@pawl/engine';
import { catalogue, createTaskQueue, createTaskScript, taskKinds } from '@pawl/queue';
import { connectRedis, type RedisConnection } from '@pawl/runtime';
import { createKeys, createStore, type EventRetention, type PawlStore } from '@pawl/store';

/** A Pawl of its own within a Redis: jobs are posted and followed here, and workers are assigned to it. */
export interface Namespace {
  readonly name: string;
  readonly store: PawlStore;
  readonly engine: Engine;
  readonly redis: RedisConnection;
  post(request: JobOrder): Promise<JobState>;
  /** The job as soon as it is as wanted. Throws an Error with the job as it is after `timeout` milliseconds. */
  when(job: string, until: (job: JobState) => boolean, timeout?: number): Promise<JobState>;
  /** Takes the same decision about every call whose outcome the job waits to be told. */
  decide(job: JobState, decision: ApprovalDecision): Promise<void>;
  keys(): Promise<string[]>;
  /** Ends the lock of every task under way, as when its time has run out. Answers how many there were. */
  loseLocks(): Promise<number>;
  /** Deletes every key and closes the connections, once. */
  erase(): Promise<void>;
}

export interface JobOrder {
  readonly prompt: string;
  readonly user: string;
  readonly id?: string;
  readonly conversation?: string;
  readonly policy?: JobState['onUnknownOutcome'];
  /** Unknown outcomes are looked up. */
  readonly looksUp?: boolean;
  readonly connections?: readonly string[];
  /** Told when the job completes. */
  readonly webhookUrl?: string;
  readonly startAt?: number;
}

export interface NamespaceOptions {
  /** How much is kept of what happened to its jobs. */
  readonly events?: EventRetention;
}

const shards = 1;
const patience = 120_000;

/** What posts and looks on; the gateways and workers themselves are composed as in production, in their own processes. */
export function openNamespace(
  redisUrl: string,
  name: string,
  { events }: NamespaceOptions = {},
): Namespace {
  const redis = connectRedis(redisUrl, 'worker');
  const subscriber = connectRedis(redisUrl, 'subscriber');
  const store = createStore({
    redis,
    subscriber,
    shards,
    name,
    retention: { jobs: { age: 86_400_000 } },
    ...(events && { events }),
    tasks: createTaskScript(createKeys(name)),
  });
  const queue = createTaskQueue({ connection: redis, keys: createKeys(name), shards });
  const engine: Engine = {
    store,
    queue,
    rules: defaultRules,
    now: Date.now,
    random: Math.random,
    onLostWake: () => undefined,
    links: linksOf('http://localhost'),
  };

  let erased = false;

  async function keys(): Promise<string[]> {
    const found = new Set<string>();
    for (let cursor = '0'; ;) {
      const [next, page] = await redis.scan(cursor, 'MATCH', `{${name}:*`, 'COUNT', 1_000);
      for (const key of page) found.add(key);
      if (next === '0') return [...found].toSorted();
      cursor = next;
    }
  }

  return {
    name,
    store,
    engine,
    redis,
    keys,
    post: (order) => postJob(engine, order),
    async when(job, until, timeout = patience) {
      await store.waitForChange(job, { until, timeout });
      const state = await store.readJob(job);
      if (state !== undefined && until(state)) return state;
      throw new Error(`after ${timeout} ms the job is still ${JSON.stringify(state)}`);
    },
    async decide(job, decision) {
      const action = requiredActionOf(job);
      if (action?.type !== 'resolve_tool_outcome') throw new Error(`job ${job.id} asks nothing`);
      for (const { index, epoch } of action.calls) {
        await takeDecision(engine, { job: job.id, turn: job.turn, index, epoch }, decision);
      }
    },
    async loseLocks() {
      const locks = (await keys()).filter((key) => key.endsWith(':lock'));
      return locks.length === 0 ? 0 : redis.unlink(...locks);
    },
    async erase() {
      if (erased) return;
      erased = true;
      await queue.close();
      const left = await keys();
      if (left.length > 0) await redis.unlink(...left);
      for (const connection of [redis, subscriber]) connection.disconnect();
    },
  };
}

async function postJob(engine: Engine, order: JobOrder): Promise<JobState> {
  const { prompt, user, conversation, policy = 'ask', webhookUrl, startAt } = order;
  const outcome = await admit(engine, {
    id: order.id ?? newId('job', 0),
    tenant: 'default',
    user,
    conversation: conversation ?? newId('conversation', 0),
    startsConversation: conversation === undefined,
    request: {
      prompt,
      models: ['pawl/experiment'],
      modelOptions: {},
      instructions: '',
      connections: [...(order.connections ?? ['gmail'])],
      ...(order.looksUp === true ? { looksUp: true } : {}),
      tools: {},
      metadata: {},
    },
    limits: Limits.parse({}),
    onUnknownOutcome: policy,
    priority: 0,
    ...(startAt === undefined ? {} : { startAt }),
    ...(webhookUrl === undefined
      ? {}
      : { webhook: { url: webhookUrl, events: ['job.completed'] } }),
    whenBusy: 'queue',
  });
  if (outcome.kind !== 'admitted') throw new Error(`the job was not admitted: ${outcome.kind}`);
  return outcome.job;
}

export function hasEnded(job: JobState): boolean {
  return job.phase.name === 'ended';
}

/** It has ended, or waits for a person. */
export function rests(job: JobState): boolean {
  return hasEnded(job) || requiredActionOf(job) !== null;
}

/** Throws an Error for a job that has not ended. */
export function endingOf({ id, phase }: JobState): Ending {
  if (phase.name !== 'ended') throw new Error(`job ${id} has not ended`);
  return phase.ending;
}

/** The names of BullMQ's queues. */
export const queues: readonly string[] = [
  ...new Set(taskKinds.map((kind) => catalogue[kind].queue)),
];
