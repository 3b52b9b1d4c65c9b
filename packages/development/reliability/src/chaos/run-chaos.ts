import { setTimeout as pause } from 'node:timers/promises';
import type { Job } from '@pawl/contracts';
import { connectRedis, whenRedisReady } from '@pawl/runtime';
import { startSandbox } from '@pawl/sandbox';
import { createStore } from '@pawl/store';
import { keepLedger, type Ledger } from '../testbed/ledger.ts';
import { makeNextBuild } from '../testbed/next-build.ts';
import { toolOf } from '../testbed/prompts.ts';
import { thisBuild } from '../testbed/service-process.ts';
import { planDisturbances, type Disturbance } from './disturbances.ts';
import { startDurableRedis } from './durable-redis.ts';
import { inspectRedis, type Inspection } from './inspect-redis.ts';
import { callsPerJob, runLoad, tenants, type Tenant } from './load.ts';
import { createPatientClient } from './patient-client.ts';
import { startSystem, type RunningSystem } from './running-system.ts';

export interface ChaosSettings {
  readonly jobs: number;
  readonly seed: number;
  readonly workers: number;
  readonly disturbances: number;
  /** Jobs that have not ended at a time. */
  readonly window: number;
  /** For Redis's data. */
  readonly directory: string;
  readonly onDisturbance?: (disturbance: Disturbance) => void;
  readonly onEnded?: (ended: number) => void;
  /** Aborted when the run takes too long: a job is stuck. */
  readonly signal: AbortSignal;
}

export interface ChaosReport {
  readonly jobs: readonly Job[];
  readonly disturbances: Readonly<Record<string, number>>;
  /** How often a step was quarantined, since it lost its worker too often. */
  readonly quarantine: number;
  readonly toolCalls: number;
  /** Writing calls that were performed more than once. */
  readonly duplicates: readonly string[];
  readonly inspection: Inspection;
  /** Services that did not end as they should. */
  readonly failures: readonly string[];
}

/**
 * Runs jobs through real services while these, and Redis, are killed, stopped and paused by the seed's plan. Half of the
 * services are of the next version, which writes records that this one does not know: as in a rolling upgrade.
 */
export async function runChaos(settings: ChaosSettings): Promise<ChaosReport> {
  const redis = await startDurableRedis(settings.directory);
  const sandbox = await startSandbox({ autoActive: true, recordLimit: 10 });
  const ledger = keepLedger(sandbox);
  const keys = await makeKeys(redis.url);
  const next = await makeNextBuild();
  const builds = [thisBuild(), next.folder];
  const system = await startSystem({ redis, sandbox, workers: settings.workers, builds });
  const clientOf = (key: string) =>
    createPatientClient({ baseUrl: () => system.gatewayUrl, key, signal: settings.signal });
  const over = new AbortController();
  const disturbed = disturbAll(settings, system, ledger, over.signal);
  // What is wrong with it is told below, when the jobs have ended.
  disturbed.catch(() => undefined);
  try {
    let ended = 0;
    let quarantine = 0;
    const jobs = await runLoad({
      ...settings,
      clients: { default: clientOf(keys.default), few: clientOf(keys.few) },
      onEnded: () => settings.onEnded?.((ended += 1)),
      onSetAside: () => (quarantine += 1),
    });
    over.abort();
    const disturbances = await disturbed;
    // Stale tasks are for workers to drop, so these go on until nothing is left to do.
    await inspectRedis(redis.url, jobs);
    const failures = await system.stop();
    return {
      jobs,
      disturbances,
      quarantine,
      toolCalls: ledger.totalPerformed(),
      duplicates: duplicateWrites(ledger, jobs),
      inspection: await inspectRedis(redis.url, jobs),
      failures,
    };
  } finally {
    over.abort();
    // What is just being started would outlive the rest.
    await disturbed.catch(() => undefined);
    await system.kill();
    ledger.close();
    await sandbox.close();
    await redis.stop();
    await next.remove();
  }
}

async function makeKeys(redisUrl: string): Promise<Record<Tenant, string>> {
  const redis = connectRedis(redisUrl, 'producer');
  try {
    await whenRedisReady(redis, 10_000);
    const store = createStore({
      redis,
      subscriber: redis,
      shards: 1,
      retention: { jobs: { age: 0 } },
    });
    const [many, few] = await Promise.all(
      tenants.map((tenant) => store.createApiKey({ tenant, name: 'chaos' })),
    );
    return { default: many?.key ?? '', few: few?.key ?? '' };
  } finally {
    redis.disconnect();
  }
}

/** One after another, each when the work has come to its point. Answers how many there were of each kind. */
async function disturbAll(
  { seed, workers, jobs, disturbances: count, onDisturbance }: ChaosSettings,
  system: RunningSystem,
  ledger: Ledger,
  over: AbortSignal,
): Promise<Record<string, number>> {
  const done: Record<string, number> = {};
  const plan = planDisturbances({ seed, workers, toolCalls: jobs * callsPerJob, count });
  for (const { after, disturbance } of plan) {
    while (ledger.totalPerformed() < after && !over.aborted) await pause(10);
    if (over.aborted) break;
    onDisturbance?.(disturbance);
    await system.disturb(disturbance);
    done[disturbance.kind] = (done[disturbance.kind] ?? 0) + 1;
  }
  return done;
}

function duplicateWrites(ledger: Ledger, jobs: readonly Job[]): string[] {
  const users = new Set(jobs.flatMap(({ user }) => [user, `few::${user}`]));
  return [...users].flatMap((user) =>
    ledger
      .performed(user)
      .filter(({ tool, times }) => tool === toolOf.writes && times > 1)
      .map(({ arguments: input, times }) => `${user}: ${input} was performed ${times} times`),
  );
}
