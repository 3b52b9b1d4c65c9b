import { newSecret } from '@pawl/contracts';
import { startSandbox, type Sandbox } from '@pawl/sandbox';
import type { Assignment, ProcessSettings } from '../processes/process-settings.ts';
import { startHarnessProcess, type HarnessProcess } from './harness-process.ts';
import { keepLedger, type Ledger } from './ledger.ts';
import { openNamespace, type Namespace } from './namespace.ts';
import { toolEffects } from './prompts.ts';
import { startReceiver, type Receiver } from './receiver.ts';

/** What every experiment works with: a sandbox that counts in this process, and processes that may be killed. */
export interface Lab {
  readonly sandbox: Sandbox;
  readonly ledger: Ledger;
  readonly receiver: Receiver;
  readonly settings: ProcessSettings;
  openNamespace(): Namespace;
  /** A process that waits to be assigned. */
  startProcess(
    entry: 'worker-main' | 'gateway-main',
    timings?: Partial<ProcessSettings['timings']>,
  ): Promise<HarnessProcess>;
  /** A worker that serves the namespace. */
  startWorker(
    namespace: Namespace,
    options?: {
      traps?: Assignment['traps'];
      timings?: Partial<ProcessSettings['timings']>;
    },
  ): Promise<HarnessProcess>;
  /** Kills the processes, erases the namespaces, closes sandbox and receiver. */
  close(): Promise<void>;
}

export interface LabSettings {
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
};

export async function openLab({ redisUrl, prefix, timings }: LabSettings): Promise<Lab> {
  const sandbox = await startSandbox({ autoActive: true, recordLimit: 200 });
  const ledger = keepLedger(sandbox);
  const receiver = await startReceiver();
  const { origin, modelBaseUrl, clientId, clientSecret, modelApiKey } = sandbox;
  const settings: ProcessSettings = {
    redisUrl,
    sandbox: { origin, modelBaseUrl, clientId, clientSecret, modelApiKey },
    timings: { ...shortTimings, ...timings },
    toolEffects,
  };
  const processes: HarnessProcess[] = [];
  const namespaces: Namespace[] = [];

  const startProcess: Lab['startProcess'] = async (entry, changed = {}) => {
    const started = await startHarnessProcess(entry, {
      ...settings,
      timings: { ...settings.timings, ...changed },
    });
    processes.push(started);
    return started;
  };

  return {
    sandbox,
    ledger,
    receiver,
    settings,
    startProcess,
    openNamespace() {
      const namespace = openNamespace(redisUrl, `${prefix}${newSecret().slice(0, 8)}`);
      namespaces.push(namespace);
      return namespace;
    },
    async startWorker({ name }, { traps = [], timings: changed } = {}) {
      const worker = await startProcess('worker-main', changed);
      await worker.serve({ name, traps });
      return worker;
    },
    async close() {
      for (const each of processes) each.kill('SIGKILL');
      await Promise.all(processes.map((each) => each.exited));
      await Promise.all(namespaces.map((namespace) => namespace.erase()));
      ledger.close();
      receiver.close();
      await sandbox.close();
    },
  };
}
