import { Writable } from 'node:stream';
import { JobRequest, newId, type JobRequestInput, type JobState } from '@pawl/contracts';
import {
  admit,
  defaultRules,
  resolveRequest,
  stepViews,
  unknownOutcomePolicy,
  webhookTarget,
  type ModelClient,
  type Rules,
} from '@pawl/engine';
import {
  createModelClient,
  createToolSources,
  createWebhookClient,
  shippedChecks,
  type ConfiguredSources,
} from '@pawl/providers';
import { connectRedis, createLogger } from '@pawl/runtime';
import { startSandbox, type SandboxOptions } from '@pawl/sandbox';
import { createWebhookSecrets, type Retention, type WebhookSecretSettings } from '@pawl/store';
import type { TestRedis } from '@pawl/testing';
import { afterAll, expect } from 'vitest';
import type { Archive } from '../../src/archive/archive.ts';
import { reportArchive } from '../../src/archive/report-archive.ts';
import { startWorker, type WorkerTimings } from '../../src/start-worker.ts';
import { sweepRetention } from '../../src/retention/sweep-retention.ts';
import { sweepShard } from '../../src/sweep.ts';
import type { TaskSettings } from '../../src/worker.ts';
import { connectEngine } from './connect-engine.ts';

export interface TestWorkerOptions {
  readonly sandbox?: SandboxOptions;
  readonly rules?: Partial<Rules>;
  readonly timings?: Partial<WorkerTimings>;
  readonly tasks?: Partial<TaskSettings>;
  /** The operator's own sources of tools. */
  readonly sources?: ConfiguredSources;
  readonly credentials?: { clientSecret?: string; modelApiKey?: string };
  /** Milliseconds. The first model call of this worker has a limit of its own, to be let run out. */
  readonly firstModelTimeout?: number;
  /** Default: none for anybody. */
  readonly webhooks?: Pick<WebhookSecretSettings, 'given' | 'encryptionKey'>;
  readonly webhookTimeout?: number;
  /** Default: this machine. */
  readonly allowedHosts?: readonly string[];
  readonly logLevel?: 'debug' | 'info';
  /** Hears no stop that is published, as during an outage of its subscription. */
  readonly isDeaf?: boolean;
  /** How long Redis may be silent, in milliseconds. */
  readonly silence?: number;
  /** Default: none. */
  readonly archive?: Archive;
  /** Default: an hour, any number. */
  readonly retention?: Retention;
  /** Default: as many as the run is about. */
  readonly shards?: number;
}

/**
 * Milliseconds: short, so that back-off and healing take part in the tests. But no lock runs out by itself: the tests
 * keep this process busy, and a lost lock costs an attempt.
 */
const shortTimings: WorkerTimings = {
  concurrency: 20,
  lockDuration: 60_000,
  stalledInterval: 500,
  sweepInterval: 300,
  grace: 1_000,
};

/** How long anything may take on a busy machine, in milliseconds. */
const patience = 60_000;

/** A worker in this process, between a real Redis and the sandbox; stopped after the file's last test. */
export async function startTestWorker(
  testRedis: Pick<TestRedis, 'url' | 'namespace'>,
  options: TestWorkerOptions = {},
) {
  const sandbox = await startSandbox({ autoActive: true, ...options.sandbox });
  const lines: string[] = [];
  const destination = new Writable({
    write(chunk, _encoding, callback) {
      lines.push(String(chunk));
      callback();
    },
  });
  const log = createLogger({ name: 'worker', level: options.logLevel ?? 'info', destination });
  const rules: Rules = { ...defaultRules, backOffBase: 20, ...options.rules };
  const silence = options.silence === undefined ? {} : { silence: options.silence };
  const connected = await connectEngine(testRedis.url, {
    name: testRedis.namespace,
    rules,
    ...silence,
    ...(options.retention && { retention: options.retention }),
    ...(options.shards !== undefined && { shards: options.shards }),
  });
  const { redis, keys, store, queue, engine } = connected;
  const connection = connectRedis(testRedis.url, 'worker', silence);
  const webhookClient = createWebhookClient({
    timeout: options.webhookTimeout ?? patience,
    allowedHosts: options.allowedHosts ?? ['127.0.0.1'],
  });
  const tools = createToolSources({
    sources: options.sources,
    environmentUrl: sandbox.origin,
    clientId: sandbox.clientId,
    clientSecret: options.credentials?.clientSecret ?? sandbox.clientSecret,
    toolTimeout: patience,
  });
  const modelClient = (timeout: number) =>
    createModelClient({
      baseUrl: sandbox.modelBaseUrl,
      apiKey: options.credentials?.modelApiKey ?? sandbox.modelApiKey,
      timeout,
    });
  const worker = await startWorker({
    store: options.isDeaf === true ? { ...store, listenToStops: hearNothing } : store,
    queue,
    log,
    prefixOf: keys.tag,
    connection,
    tools,
    model: impatientAtFirst(
      modelClient(options.firstModelTimeout ?? patience),
      modelClient(patience),
    ),
    rules,
    webhooks: {
      client: webhookClient,
      secrets: createWebhookSecrets({ redis, keys, given: {}, ...options.webhooks }),
      concurrency: 100,
    },
    links: engine.links,
    archive: options.archive,
    tasks: {
      toolLimit: 128,
      resultCharacters: 20_000,
      historyCharacters: 400_000,
      toolEffects: {},
      checks: shippedChecks,
      logContent: false,
      ...options.tasks,
    },
    timings: { ...shortTimings, ...options.timings },
  });
  const archiving = options.archive && reportArchive(options.archive, { store, log });
  afterAll(async () => {
    await worker.stop();
    await tools.close();
    await connected.close();
    connection.disconnect();
    await sandbox.close();
  });

  /** Admits a job as the gateway does; answers its id. */
  async function post(
    body: JobRequestInput & { conversation?: string | undefined },
    { tenant = 'default' }: { tenant?: string } = {},
  ): Promise<string> {
    const request = JobRequest.parse(body);
    const user = request.user ?? 'user_123';
    const shard = store.shardOf({ tenant, user });
    const id = newId('job', shard);
    const resolved = resolveRequest(request, undefined, {
      connections: ['gmail'],
      model: 'openai/gpt-4o-mini',
      instructions: '',
    });
    if (resolved.kind === 'refused') throw new Error(resolved.message);
    const outcome = await admit(engine, {
      id,
      tenant,
      user,
      conversation: request.conversation ?? newId('conversation', shard),
      startsConversation: request.conversation === undefined,
      request: resolved.request,
      limits: resolved.limits,
      onUnknownOutcome: unknownOutcomePolicy(request.on_unknown_outcome),
      webhook: webhookTarget(request.webhook, undefined),
      priority: request.priority,
      whenBusy: request.when_busy,
      ...(request.delay_seconds === undefined
        ? {}
        : { startAt: Date.now() + request.delay_seconds * 1_000 }),
    });
    if (outcome.kind !== 'admitted') throw new Error(`not admitted: ${outcome.kind}`);
    return id;
  }

  async function until(id: string, holds: (job: JobState) => boolean): Promise<JobState> {
    await store.waitForChange(id, { until: holds, timeout: patience });
    const job = await store.readJob(id);
    if (job === undefined) throw new Error(`job ${id} does not exist`);
    expect(holds(job), `job ${id} stands at ${JSON.stringify(job.phase)}`).toBe(true);
    return job;
  }

  return {
    engine,
    store,
    sandbox,
    control: sandbox.control,
    lines,
    post,
    until,
    /** The ending of a job, with the text of its result. */
    async ended(id: string) {
      await until(id, ({ phase }) => phase.name === 'ended');
      const parts = await store.readJobParts(id);
      if (parts?.job.phase.name !== 'ended') throw new Error(`job ${id} has not ended`);
      const { ending } = parts.job.phase;
      return { ...ending, text: parts.result?.text, json: parts.result?.json, job: parts.job };
    },
    /** What a worker's sweep would do so many milliseconds later. */
    async sweepLater(milliseconds: number) {
      const sweeper = {
        engine: { ...engine, now: () => Date.now() + milliseconds },
        log,
        interval: shortTimings.sweepInterval,
        archiving,
      };
      for (let shard = 0; shard < store.shards; shard += 1) {
        await sweepShard(sweeper, shard);
        await sweepRetention(sweeper, shard);
      }
    },
    async steps(id: string) {
      const job = await store.readJob(id);
      if (job === undefined) throw new Error(`job ${id} does not exist`);
      return stepViews(job, await store.readSteps(id));
    },
  };
}

function impatientAtFirst(impatient: ModelClient, patient: ModelClient): ModelClient {
  let client = impatient;
  return {
    providerOf: (model) => patient.providerOf(model),
    complete(request, signal, onText) {
      const asked = client;
      client = patient;
      return asked.complete(request, signal, onText);
    },
  };
}

async function hearNothing(): Promise<() => Promise<void>> {
  return async () => undefined;
}

/** A prompt that the sandbox's model follows to the letter: a list of turns, each a list of calls or a text. */
export function scripted(
  turns: readonly (
    | readonly { readonly tool: string; readonly arguments?: object | string }[]
    | { readonly text: string }
  )[],
): string {
  return `Do this.\n\`\`\`sandbox\n${JSON.stringify(turns)}\n\`\`\``;
}
