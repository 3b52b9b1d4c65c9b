import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomToken } from '@pawl/contracts';
import { findRepositoryRoot } from '@pawl/runtime';
import { type Sandbox, startSandbox } from '@pawl/sandbox';
import { type PrivateRedis, startPrivateRedis } from '@pawl/local-stack';
import type { Assignment, ProcessSettings } from '../processes/messages.ts';
import { type HarnessProcess, startHarnessProcess } from './harness-process.ts';
import { type IdempotentFunction, startIdempotentFunction } from './idempotent-function.ts';
import { keepLedger, type Ledger } from './ledger.ts';
import { type Namespace, type NamespaceOptions, openNamespace } from './namespace.ts';
import { toolEffects } from './prompts.ts';
import { type Receiver, startReceiver } from './receiver.ts';

/** What every experiment works with: a sandbox that counts in this process, and processes that may be killed. */
export interface Testbed {
  readonly sandbox: Sandbox;
  readonly ledger: Ledger;
  readonly receiver: Receiver;
  readonly idempotentFunction: IdempotentFunction;
  readonly settings: ProcessSettings;
  openNamespace(options?: NamespaceOptions): Namespace;
  /** A process that waits to be assigned. */
  startProcess(
    entry: 'worker-main' | 'gateway-main',
    timings?: Partial<ProcessSettings['timings']>,
    others?: OtherSettings,
  ): Promise<HarnessProcess>;
  /** A worker that serves the namespace. */
  startWorker(
    namespace: Namespace,
    options?: {
      failpoints?: Assignment['failpoints'];
      timings?: Partial<ProcessSettings['timings']>;
    } & OtherSettings,
  ): Promise<HarnessProcess>;
  /** Kills the processes, erases the namespaces, closes sandbox and receiver. */
  close(): Promise<void>;
}

/** What one process is told beside what all are. */
type OtherSettings = Pick<ProcessSettings, 'kept' | 'variables'>;

export interface TestbedSettings {
  readonly redisUrl: string;
  /** The first part of every namespace's name. */
  readonly prefix: string;
  readonly timings?: Partial<ProcessSettings['timings']>;
}

/**
 * Lost work is found within hundreds of milliseconds. But nothing is lost by itself on a busy machine: an experiment
 * says whose locks run out (`Namespace.loseLocks`), and what has to be cut short.
 */
const shortTimings: ProcessSettings['timings'] = {
  concurrency: 20,
  lockDuration: 60_000,
  stalledInterval: 400,
  sweepInterval: 300,
  grace: 60_000,
  toolTimeout: 60_000,
  backOffBase: 100,
  // Longer than any experiment: only those about blocked event loops set a shorter one.
  blockedLimit: 3_600_000,
};

export async function openTestbed({
  redisUrl,
  prefix,
  timings,
}: TestbedSettings): Promise<Testbed> {
  const sandbox = await startSandbox({ autoActive: true, recordLimit: 200 });
  const ledger = keepLedger(sandbox);
  const receiver = await startReceiver();
  const idempotentFunction = await startIdempotentFunction();
  const { origin, modelBaseUrl, clientId, clientSecret, modelApiKey } = sandbox;
  const settings: ProcessSettings = {
    redisUrl,
    sandbox: { origin, modelBaseUrl, clientId, clientSecret, modelApiKey },
    timings: { ...shortTimings, ...timings },
    toolEffects,
    toolSources: idempotentFunction.sources,
  };
  const processes: HarnessProcess[] = [];
  const namespaces: Namespace[] = [];

  const startProcess: Testbed['startProcess'] = async (entry, changed = {}, others = {}) => {
    const started = await startHarnessProcess(entry, {
      ...settings,
      ...others,
      timings: { ...settings.timings, ...changed },
    });
    processes.push(started);
    return started;
  };

  return {
    sandbox,
    ledger,
    receiver,
    idempotentFunction,
    settings,
    startProcess,
    openNamespace(options) {
      const name = `${prefix}${randomToken().slice(0, 8)}`;
      const namespace = openNamespace(redisUrl, name, options);
      namespaces.push(namespace);
      return namespace;
    },
    async startWorker({ name }, { failpoints = [], timings: changed, ...others } = {}) {
      const worker = await startProcess('worker-main', changed, others);
      await worker.serve({ name, failpoints });
      return worker;
    },
    async close() {
      for (const each of processes) each.kill('SIGKILL');
      await Promise.all(processes.map((each) => each.exited));
      await Promise.all(namespaces.map((namespace) => namespace.erase()));
      ledger.close();
      receiver.close();
      await idempotentFunction.close();
      await sandbox.close();
    },
  };
}

/** A Redis of this experiment's own, in a temporary folder, for as long as `use` takes. */
export async function withPrivateRedis<Result>(
  use: (redis: PrivateRedis, directory: string) => Promise<Result>,
): Promise<Result> {
  const directory = await mkdtemp(join(tmpdir(), 'pawl-reliability-'));
  try {
    const redis = await startPrivateRedis(privateRedisSettings(directory));
    try {
      return await use(redis, directory);
    } finally {
      await redis.stop();
    }
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** Settings of a Redis that can be stopped and started again on the same data. */
export function privateRedisSettings(directory: string) {
  const root = findRepositoryRoot(import.meta.url);
  return {
    directory,
    ways: ['program', 'package'],
    log: (line: string) => void process.stderr.write(`${line}\n`),
    ...(root !== undefined && { packageDirectory: join(root, '.pawl/packages') }),
  } as const;
}

/** A testbed on a Redis of its own. */
export async function withTestbed<Result>(
  settings: Omit<TestbedSettings, 'redisUrl' | 'prefix'>,
  use: (testbed: Testbed) => Promise<Result>,
): Promise<Result> {
  return withPrivateRedis(async ({ url }) => {
    const testbed = await openTestbed({ ...settings, redisUrl: url, prefix: 'experiment-' });
    try {
      return await use(testbed);
    } finally {
      await testbed.close();
    }
  });
}
