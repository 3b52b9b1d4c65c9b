import { newId, type AdmittedRequest, type JobState } from '@pawl/contracts';
import { noWaitingJobs, type Conversation, type JobTransition } from '@pawl/engine';
import { connectRedis, whenRedisReady } from '@pawl/runtime';
import type { TestRedis } from '@pawl/testing';
import { afterAll } from 'vitest';
import { createKeys, createStore, type TaskScript } from '../src/index.ts';

/** Commits change no tasks: nobody works through them. */
export const noTasks: TaskScript = { lua: '', wordsOf: () => undefined };

/** A store on the file's own keys. */
export async function startStore(redis: TestRedis, { shards = 1 }: { shards?: number } = {}) {
  const connection = connectRedis(redis.url, 'worker');
  const subscriber = connectRedis(redis.url, 'subscriber');
  await whenRedisReady(connection, 60_000);
  afterAll(() => {
    connection.disconnect();
    subscriber.disconnect();
  });
  const name = redis.namespace;
  const store = createStore({
    redis: connection,
    subscriber,
    shards,
    name,
    retention: { jobs: { age: 1_000 } },
  });
  return { store, subscriber, keys: createKeys(name) };
}

export const request: AdmittedRequest = {
  prompt: 'Work',
  models: ['openai/gpt-4o-mini'],
  modelOptions: {},
  instructions: '',
  connections: [],
  tools: {},
  metadata: {},
};

export function newJob(parts: Partial<JobState> = {}): JobState {
  return {
    id: newId('job', 0),
    tenant: 'default',
    user: 'user',
    conversation: newId('conversation', 0),
    sequence: 1,
    createdAt: 1_000,
    expiresAt: 90_000,
    priority: 0,
    limits: { turns: 8, tool_calls: 64, deadline_seconds: 89 },
    onUnknownOutcome: 'ask',
    usage: { modelCalls: 0, toolCalls: 0, inputTokens: 0, outputTokens: 0, costUsd: 0 },
    turn: 0,
    model: 0,
    claims: [],
    phase: {
      name: 'turn',
      step: { status: 'ready', since: 1, epoch: 0, attempts: 0, crashes: 0, notBefore: 1_000 },
    },
    ...parts,
  };
}

/** The conversation of a job, with nobody at work. */
export function conversationOf(
  { conversation: id, tenant, user }: JobState,
  revision: number,
): Conversation {
  return { id, tenant, user, revision, createdAt: 0, active: null, line: noWaitingJobs, holds: {} };
}

export function admission(after: JobState): JobTransition {
  return { before: null, after, request, steps: [], events: [{ type: 'job.queued' }] };
}

export function step(before: JobState, parts: Partial<JobState>): JobTransition {
  const after = { ...before, ...parts, sequence: before.sequence + 1 };
  return { before, after, steps: [], events: [{ type: 'job.started' }] };
}
