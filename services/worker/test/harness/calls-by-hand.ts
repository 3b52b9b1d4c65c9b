import { Writable } from 'node:stream';
import { newId, type JobState, type ToolCallTask, type ToolEffect } from '@pawl/contracts';
import {
  admit,
  claimTurn,
  nameTools,
  prepareCalls,
  recordReply,
  applyTransition,
  type Commit,
  type TaskQueue,
  contextOf,
} from '@pawl/engine';
import { createToolClient, shippedChecks } from '@pawl/providers';
import { createLogger } from '@pawl/runtime';
import { startSandbox } from '@pawl/sandbox';
import type { TestRedis } from '@pawl/testing';
import { afterAll } from 'vitest';
import type { CallDependencies } from '../../src/call-tool.ts';
import { createKnownHistories } from '../../src/known-job.ts';
import { createRunningCalls } from '../../src/running-calls.ts';
import { connectEngine } from './connect-engine.ts';

/** Milliseconds. */
const patience = 60_000;

/** Nothing runs by itself: each task is run when the test says so. */
const idleQueue: TaskQueue = {
  wake: async () => ({ parked: [] }),
  sweepShares: async () => 0,
  setTimer: async () => undefined,
  compareTimers: async () => ({ missing: [], needless: [] }),
};

const owner = { tenant: 'default', user: 'user_123' };

const tool = {
  name: 'gmail_send_message',
  description: '',
  inputSchema: { type: 'object' },
  connection: 'gmail',
};

/** What a worker makes its calls with, between a real Redis and the sandbox, in the hands of the test. */
export async function startCallsByHand(testRedis: TestRedis) {
  const sandbox = await startSandbox({ autoActive: true });
  const connected = await connectEngine(testRedis.url, { name: testRedis.namespace });
  const { store } = connected;
  const engine = {
    ...connected.engine,
    store: { ...store, commit: (commit: Commit) => store.commit(commit) },
    queue: idleQueue,
    random: () => 0,
  };
  const tools = createToolClient({
    environmentUrl: sandbox.origin,
    clientId: sandbox.clientId,
    clientSecret: sandbox.clientSecret,
    toolTimeout: patience,
  });
  afterAll(async () => {
    await tools.close();
    await connected.close();
    await sandbox.close();
  });
  // As a turn does before any call: whoever is asked about an account for the first time makes it.
  await tools.isAccountActive({ ...owner, connection: tool.connection }, { fresh: true });
  const destination = new Writable({ write: (_chunk, _encoding, callback) => callback() });
  const settings = {
    toolLimit: 128,
    resultCharacters: 20_000,
    historyCharacters: 400_000,
    toolEffects: {},
    checks: shippedChecks,
    logContent: false,
  };

  /** A worker of its own: what stops its calls stops no others. */
  function newWorker(parts: Partial<CallDependencies> = {}): CallDependencies {
    const log = createLogger({ name: 'worker', level: 'info', destination });
    const runningCalls = createRunningCalls();
    const knownHistories = createKnownHistories();
    const worker = { engine, tools, runningCalls, knownHistories, settings, log };
    return { ...worker, persistentStore: store, ...parts };
  }

  /** Admits a job; in a conversation that is busy it waits. */
  async function post({
    conversation,
    onUnknownOutcome = 'ask',
  }: {
    conversation?: string;
    onUnknownOutcome?: JobState['onUnknownOutcome'];
  } = {}): Promise<JobState> {
    const outcome = await admit(engine, {
      id: newId('job', 0),
      ...owner,
      conversation: conversation ?? newId('conversation', 0),
      startsConversation: conversation === undefined,
      request: {
        prompt: 'Send it.',
        models: ['openai/gpt-4o-mini'],
        modelOptions: {},
        instructions: '',
        connections: ['gmail'],
        tools: {},
        metadata: {},
      },
      limits: { turns: 8, tool_calls: 64, deadline_seconds: 3_600 },
      onUnknownOutcome,
      priority: 0,
      whenBusy: 'queue',
    });
    if (outcome.kind !== 'admitted') throw new Error(`not admitted: ${outcome.kind}`);
    return outcome.job;
  }

  /** Takes a job to its only call, which sends a mail to this recipient. */
  async function askForCall(
    { id }: JobState,
    { to, effect = 'writes' }: { to: string; effect?: ToolEffect },
  ): Promise<void> {
    const claim = await applyTransition(engine, id, (job) =>
      claimTurn(job, { since: sinceOf(job) }, contextOf(engine)),
    );
    if (claim.kind !== 'claimed') throw new Error(`not claimed: ${claim.kind}`);
    const input = JSON.stringify({ to, subject: 'Hello', body: 'Hello.' });
    const call = {
      id: 'call_a',
      type: 'function',
      function: { name: tool.name, arguments: input },
    } as const;
    await applyTransition(engine, id, (job) => {
      const now = engine.now();
      const place = { turn: job.turn, sequence: job.sequence + 1, now };
      const prepared = prepareCalls(
        [call],
        {
          tools: nameTools([tool]).tools,
          policy: {},
          effectOf: () => effect,
          problemsOf: () => [],
          link: 'link',
        },
        place,
      );
      const reply = {
        message: { role: 'assistant', content: null, tool_calls: [call] },
        finishReason: 'tool_calls',
        model: 'model',
        inputTokens: 1,
        outputTokens: 1,
        costUsd: 0,
      };
      return recordReply(job, { epoch: claim.epoch, reply, prepared, toolsLoaded: 1 }, { now });
    });
  }

  /** The task of the job's only call, as it stands now. */
  async function taskOf({ id }: JobState): Promise<ToolCallTask> {
    const job = await stored(id);
    return { kind: 'tool_call', job: id, turn: job.turn, index: 0, since: sinceOf(job) };
  }

  async function stored(id: string): Promise<JobState> {
    const job = await store.readJob(id);
    if (job === undefined) throw new Error(`job ${id} does not exist`);
    return job;
  }

  const sentTo = (recipient: string) =>
    sandbox.control
      .effects()
      .items.filter(({ arguments: input }) => JSON.stringify(input).includes(recipient)).length;

  return { engine, store, tools, sandbox, newWorker, post, askForCall, taskOf, stored, sentTo };
}

function sinceOf({ phase }: JobState): number {
  const step =
    phase.name === 'turn' ? phase.step : phase.name === 'calls' ? phase.calls[0]?.step : undefined;
  if (step === undefined || !('since' in step)) throw new Error('the job must have an open step');
  return step.since;
}
