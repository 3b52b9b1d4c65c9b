import type { ToolEffect } from '@pawl/contracts';
import type {
  Engine,
  ModelClient,
  OutcomeCheck,
  ToolClient,
  WebhookClient,
  WebhookSecrets,
} from '@pawl/engine';
import type { Logger, SchemaChecker } from '@pawl/runtime';
import type { PawlStore } from '@pawl/store';
import type { Recorder, Tracing } from '@pawl/telemetry';
import type { Archiving } from './archive/archive.ts';
import type { EarlierJobs, EarlierJobsSettings } from './earlier-jobs.ts';
import type { KnownHistories, ReserveNextKnowing } from './known-job.ts';
import type { ProviderPauses } from './provider-pauses.ts';
import type { RunningCalls } from './running-calls.ts';

/** What every task works with. */
export interface WorkerDependencies {
  readonly engine: Engine<PawlStore>;
  /** Reserves a slot of this worker for the next step of a job. */
  readonly reserveNext?: ReserveNextKnowing | undefined;
  readonly model: ModelClient;
  readonly tools: ToolClient;
  readonly webhooks: Webhooks;
  readonly knownHistories: KnownHistories;
  readonly earlierJobs: EarlierJobs;
  readonly runningCalls: RunningCalls;
  readonly pauses: ProviderPauses;
  /** Checks what models say against schemas that others wrote. */
  readonly schemas: SchemaChecker;
  readonly settings: TaskSettings;
  readonly log: Logger;
  /** Absent where nothing is traced. */
  readonly tracing?: Tracing | undefined;
  /** The store, persisting while Redis refuses: see {@link afterClaim}. */
  readonly persistentStore: PawlStore;
}

/** What sends webhooks, and what signs them. */
export interface Webhooks {
  readonly client: WebhookClient;
  readonly secrets: WebhookSecrets;
}

export interface TaskSettings extends EarlierJobsSettings {
  /** Tools that one model call may offer. */
  readonly toolLimit: number;
  /** What the operator says of tools' effects. */
  readonly toolEffects: Readonly<Record<string, ToolEffect>>;
  /** How outcomes are looked up: the first check for a tool counts. */
  readonly checks: readonly OutcomeCheck[];
  /** Logs prompts, arguments and results too. */
  readonly logContent: boolean;
}

/** What a task goes on with once it has claimed its step: what it learns from then on is kept while Redis refuses. */
export function afterClaim<Worker extends Pick<WorkerDependencies, 'engine' | 'persistentStore'>>(
  worker: Worker,
): Worker {
  return { ...worker, engine: { ...worker.engine, store: worker.persistentStore } };
}

export interface SweepDependencies {
  readonly engine: Engine<PawlStore>;
  readonly log: Logger;
  /** Milliseconds between two sweeps of a shard. */
  readonly interval: number;
  readonly recorder?: Recorder | undefined;
  /** Takes ended jobs before they are erased. */
  readonly archiving?: Archiving | undefined;
}
