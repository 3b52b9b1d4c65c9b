import { setTimeout as pause } from 'node:timers/promises';
import { findFreePort } from '@pawl/local-stack';
import type { Durability } from '@pawl/runtime';
import { startSandbox } from '@pawl/sandbox';
import { type ServiceProcess, startService } from '../testbed/service-process.ts';
import { postJobs, statusOf } from './post-jobs.ts';
import { type Fault, startTopology, type TopologyName } from './topology.ts';

export interface FailoverCase {
  readonly topology: TopologyName;
  readonly fault: Fault;
  readonly profile: Durability;
}

export interface FailoverResult extends FailoverCase {
  /** Jobs that were answered with 202. */
  readonly accepted: number;
  /** Of these, the gateway knows nothing in the end. */
  readonly lost: number;
  /** Writes that arrived more than once. */
  readonly repeated: number;
  /** Jobs whose person is asked what became of a write. */
  readonly asked: number;
  /** Jobs that had not ended when the wait was over. */
  readonly open: number;
}

export const failoverCases: readonly FailoverCase[] = [
  ...(['standard', 'durable'] as const).map((profile) => ({
    topology: 'single' as const,
    fault: 'kill -9, restart' as const,
    profile,
  })),
  ...(['replica', 'replica, min-replicas-to-write 1'] as const).flatMap((topology) =>
    (['SENTINEL FAILOVER', 'primary paused, comes back'] as const).flatMap((fault) =>
      (['standard', 'durable'] as const).map((profile) => ({ topology, fault, profile })),
    ),
  ),
];

export interface FailoverLoad {
  /** Milliseconds from the first request to the fault, and from the fault to the last request. */
  readonly before: number;
  readonly after: number;
  readonly posters: number;
  /** See `Topology.cause`: for a short run. */
  readonly demotes?: boolean;
  /** How long jobs may take to end after the last request, in milliseconds. */
  readonly patience: number;
}

/** Runs the built services through one fault of Redis, and counts what it has cost. */
export async function runFailover(
  { topology: name, fault, profile }: FailoverCase,
  { before, after, posters, patience, demotes }: FailoverLoad,
): Promise<FailoverResult> {
  const sandbox = await startSandbox({ autoActive: true, recordLimit: 100_000 });
  const topology = await startTopology(name, profile === 'durable' ? 'always' : 'everysec');
  const services: ServiceProcess[] = [];
  try {
    const port = String(await findFreePort());
    const environment = {
      REDIS_URL: topology.url,
      REDIS_DURABILITY: profile,
      SCALEKIT_ENVIRONMENT_URL: sandbox.origin,
      SCALEKIT_CLIENT_ID: sandbox.clientId,
      SCALEKIT_CLIENT_SECRET: sandbox.clientSecret,
    };
    services.push(
      ...(await Promise.all([
        startService('gateway', {
          ...environment,
          PORT: port,
          FASTROUTER_MODEL: 'pawl/experiment',
        }),
        startService('worker', {
          ...environment,
          WORKER_CONCURRENCY: '40',
          WORKER_LOCK_SECONDS: '4',
          WORKER_STALLED_SECONDS: '1',
          WORKER_SWEEP_SECONDS: '1',
          FASTROUTER_BASE_URL: sandbox.modelBaseUrl,
          FASTROUTER_API_KEY: sandbox.modelApiKey,
        }),
      ])),
    );
    const gateway = `http://127.0.0.1:${port}`;
    const stop = new AbortController();
    const posting = postJobs(gateway, { posters, signal: stop.signal });
    await pause(before);
    await topology.cause(fault, demotes);
    await pause(after);
    stop.abort();
    const jobs = await posting;
    const statuses = await settled(
      () => Promise.all(jobs.map((job) => statusOf(gateway, job))),
      patience,
    );
    const count = (status: string) => statuses.filter((each) => each === status).length;
    const writes = new Map<string, number>();
    for (const { arguments: input } of sandbox.control.effects().items) {
      const recipient = String((input as { to?: unknown }).to);
      writes.set(recipient, (writes.get(recipient) ?? 0) + 1);
    }
    return {
      topology: name,
      fault,
      profile,
      accepted: jobs.length,
      lost: count('lost'),
      repeated: [...writes.values()].filter((times) => times > 1).length,
      asked: count('requires_action'),
      open: statuses.filter(isOpen).length,
    };
  } finally {
    for (const service of services) service.kill('SIGKILL');
    await Promise.all(services.map((service) => service.exited));
    await topology.remove();
    await sandbox.close();
  }
}

const isOpen = (status: string) => ['queued', 'in_progress', 'unknown'].includes(status);

/** Asks until every job has ended, waits for a person or is lost, or until patience ends. */
async function settled(ask: () => Promise<string[]>, patience: number): Promise<string[]> {
  const deadline = performance.now() + patience;
  for (;;) {
    const statuses = await ask();
    if (!statuses.some(isOpen) || performance.now() > deadline) return statuses;
    await pause(500);
  }
}
