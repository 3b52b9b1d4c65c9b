import { setTimeout as pause } from 'node:timers/promises';
import type { Sandbox } from '@pawl/sandbox';
import { findFreePort } from '@pawl/local-stack';
import { startService, type ServiceProcess } from '../testbed/service-process.ts';
import { toolEffects } from '../testbed/prompts.ts';
import type { Disturbance } from './disturbances.ts';
import type { DurableRedis } from './durable-redis.ts';

/** Gateway and workers as they are in production, and a Redis: each can be taken down and comes back. */
export interface RunningSystem {
  readonly gatewayUrl: string;
  disturb(disturbance: Disturbance): Promise<void>;
  /** Drains everything. Answers what did not end with code 0, with what it printed. */
  stop(): Promise<string[]>;
  /** Ends what is left at once. */
  kill(): Promise<void>;
}

export interface SystemSettings {
  readonly redis: DurableRedis;
  readonly sandbox: Sandbox;
  readonly workers: number;
  /** What was built of the services, in folders of their names: those that are started take turns at them. */
  readonly builds: readonly string[];
}

/** Fewer slots than there is work, so that tasks have to wait for their share. */
const slots = { WORKER_CONCURRENCY: '8', WORKER_RESERVE: '4' };

/** Seconds: short, so that many crashes fit into a run, but not so short that a busy machine loses locks by itself. */
const timings = {
  WORKER_LOCK_SECONDS: '4',
  WORKER_STALLED_SECONDS: '1',
  WORKER_SWEEP_SECONDS: '0.5',
  WORKER_GRACE_SECONDS: '5',
  TOOL_TIMEOUT_SECONDS: '10',
};

export async function startSystem({
  redis,
  sandbox,
  workers: count,
  builds,
}: SystemSettings): Promise<RunningSystem> {
  let started = 0;
  const start = (name: 'gateway' | 'worker', own: Readonly<Record<string, string>>) =>
    startService(name, { ...environment, ...own }, builds[started++ % builds.length]);
  const port = String(await findFreePort());
  const environment = {
    REDIS_URL: redis.url,
    SCALEKIT_ENVIRONMENT_URL: sandbox.origin,
    SCALEKIT_CLIENT_ID: sandbox.clientId,
    SCALEKIT_CLIENT_SECRET: sandbox.clientSecret,
    LOG_LEVEL: 'warn',
  };
  const startGateway = () =>
    start('gateway', {
      LOG_LEVEL: 'info',
      PORT: port,
      SCALEKIT_CONNECTION_NAME: 'gmail',
      FASTROUTER_MODEL: 'pawl/experiment',
    });
  const startWorker = () =>
    start('worker', {
      ...timings,
      ...slots,
      LOG_LEVEL: 'info',
      FASTROUTER_BASE_URL: sandbox.modelBaseUrl,
      FASTROUTER_API_KEY: sandbox.modelApiKey,
      TOOL_EFFECTS: JSON.stringify(toolEffects),
    });
  let gateway = await startGateway();
  const workers = await Promise.all(Array.from({ length: count }, startWorker));
  const all = () => [...workers, gateway];

  async function replaceWorker(place: number, signal: NodeJS.Signals): Promise<void> {
    const worker = workers[place];
    if (worker === undefined) return;
    worker.kill(signal);
    await worker.exited;
    workers[place] = await startWorker();
  }

  return {
    gatewayUrl: `http://127.0.0.1:${port}`,
    async disturb(disturbance) {
      switch (disturbance.kind) {
        case 'kill_worker':
          return replaceWorker(disturbance.worker, 'SIGKILL');
        case 'restart_worker':
          return replaceWorker(disturbance.worker, 'SIGTERM');
        case 'pause_worker': {
          const worker = workers[disturbance.worker];
          worker?.kill('SIGSTOP');
          await pause(disturbance.for);
          worker?.kill('SIGCONT');
          return;
        }
        case 'kill_gateway':
          gateway.kill('SIGKILL');
          await gateway.exited;
          gateway = await startGateway();
          return;
        case 'kill_redis':
          return redis.interrupt('kill', disturbance.away);
        case 'stop_redis':
          return redis.interrupt('stop', disturbance.away);
      }
    },
    async stop() {
      const reports = await Promise.all(all().map(stopService));
      return reports.flatMap((report) => report ?? []);
    },
    async kill() {
      for (const service of all()) service.kill('SIGKILL');
      await Promise.all(all().map((service) => service.exited));
    },
  };
}

async function stopService(service: ServiceProcess): Promise<string | undefined> {
  service.kill('SIGTERM');
  const { code, signal } = await service.exited;
  if (code === 0) return undefined;
  return `a service ended with ${signal ?? `code ${code}`}:\n${service.lines.slice(-20).join('\n')}`;
}
