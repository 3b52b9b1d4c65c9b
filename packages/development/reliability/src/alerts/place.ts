import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { findFreePort } from '@pawl/local-stack';
import { type Sandbox, startSandbox } from '@pawl/sandbox';
import { type RedisProcess, startRedisProcess } from '@pawl/testing/redis-process';
import { waitFor } from '@pawl/testing/wait-for';
import { z } from 'zod';
import { startService, type ServiceProcess } from '../testbed/service-process.ts';

/** Pawl as it runs in production, of which each part can be broken. */
export interface Place {
  readonly redis: RedisProcess;
  readonly sandbox: Sandbox;
  /** For files of a trial. */
  readonly directory: string;
  readonly metricsPorts: { readonly gateway: number; readonly worker: number };
  /** A request to the gateway. Never rejects: undefined where there is no answer. */
  ask(path: string, body?: unknown): Promise<unknown>;
  /** Posts a job whose model answers by this script. Its id. */
  post(script: readonly unknown[], request?: object): Promise<string>;
  jobStatus(id: string): Promise<string>;
  /** Does this again and again, until the function that it returns is called. */
  repeat(work: () => Promise<unknown>, milliseconds: number): () => Promise<void>;
  kill(name: 'gateway' | 'worker'): Promise<void>;
  /** Starts it, with other variables if given; in place of the one that runs. */
  start(name: 'gateway' | 'worker', own?: Readonly<Record<string, string>>): Promise<void>;
  remove(): Promise<void>;
}

const Job = z.object({ id: z.string(), status: z.string() });

/** Seconds, but for the sweep short only where that changes nothing of what alerts are about. */
const timings = {
  WORKER_LOCK_SECONDS: '3',
  WORKER_STALLED_SECONDS: '1',
  WORKER_SWEEP_SECONDS: '1',
};

export async function startPlace(): Promise<Place> {
  const directory = await mkdtemp(join(tmpdir(), 'pawl-alerts-'));
  const sandbox = await startSandbox({ autoActive: true });
  const redis = await startRedisProcess({
    lines: ['appendonly yes', 'maxmemory-policy noeviction'],
  });
  const [port, gateway, worker] = await Promise.all([
    findFreePort(),
    findFreePort(),
    findFreePort(),
  ]);
  const common = {
    REDIS_URL: `redis://127.0.0.1:${redis.port}`,
    SCALEKIT_ENVIRONMENT_URL: sandbox.origin,
    SCALEKIT_CLIENT_ID: sandbox.clientId,
    SCALEKIT_CLIENT_SECRET: sandbox.clientSecret,
    WEBHOOK_SECRET: `whsec_${Buffer.from('the secret of this trial').toString('base64')}`,
    WEBHOOK_ALLOWED_HOSTS: '127.0.0.1',
  };
  const variables = {
    gateway: {
      PORT: String(port),
      METRICS_PORT: String(gateway),
      FASTROUTER_MODEL: 'pawl/experiment',
    },
    worker: {
      ...timings,
      METRICS_PORT: String(worker),
      FASTROUTER_BASE_URL: sandbox.modelBaseUrl,
      FASTROUTER_API_KEY: sandbox.modelApiKey,
    },
  };
  const running = new Map<'gateway' | 'worker', ServiceProcess>();
  const url = `http://127.0.0.1:${port}`;

  async function ask(path: string, body?: unknown): Promise<unknown> {
    const answer = await fetch(`${url}${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers: { 'Content-Type': 'application/json' },
      signal: AbortSignal.timeout(10_000),
      ...(body !== undefined && { body: JSON.stringify(body) }),
    }).catch(() => undefined);
    return answer?.json().catch(() => undefined);
  }

  async function kill(name: 'gateway' | 'worker'): Promise<void> {
    const service = running.get(name);
    running.delete(name);
    service?.kill('SIGKILL');
    await service?.exited;
  }

  async function start(name: 'gateway' | 'worker', own = {}): Promise<void> {
    await kill(name);
    running.set(name, await startService(name, { ...common, ...variables[name], ...own }));
  }

  const place: Place = {
    redis,
    sandbox,
    directory,
    metricsPorts: { gateway, worker },
    ask,
    async post(script, request = {}) {
      const prompt = `Do this.\n\`\`\`sandbox\n${JSON.stringify(script)}\n\`\`\``;
      const answer = await ask('/v1/jobs', {
        prompt,
        user: 'user_123',
        connections: [],
        ...request,
      });
      const job = Job.safeParse(answer);
      if (job.success) return job.data.id;
      throw new Error(`the gateway did not accept a job: ${JSON.stringify(answer)}`);
    },
    jobStatus: async (id) => Job.parse(await ask(`/v1/jobs/${id}`)).status,
    repeat(work, milliseconds) {
      const stop = new AbortController();
      const repeating = (async () => {
        while (!stop.signal.aborted) {
          await work();
          await pause(milliseconds);
        }
      })();
      return async () => {
        stop.abort();
        await repeating;
      };
    },
    kill,
    start,
    async remove() {
      await Promise.all([kill('gateway'), kill('worker')]);
      await redis.remove();
      await sandbox.close();
      await rm(directory, { recursive: true });
    },
  };
  await Promise.all([start('gateway'), start('worker')]).catch(async (error: unknown) => {
    await place.remove();
    throw error;
  });
  await waitFor(async () => (await place.jobStatus(await place.post([{ text: 'Hello.' }]))) !== '');
  return place;
}
