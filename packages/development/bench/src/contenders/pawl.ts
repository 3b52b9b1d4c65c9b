import { findFreePort } from '@pawl/local-stack';
import { startSandbox } from '@pawl/sandbox';
import { z } from 'zod';
import type { Contender, Place } from '../contender.ts';
import { createHttpClient } from '../http-client.ts';
import { connection, text } from '../no-op.ts';
import { connectPawl } from '../pawl-client.ts';
import { type RunningProgram, startOwnProgram, startService } from '../start-program.ts';
import { startRedis } from '../start-redis.ts';

/** Where nothing answers: a worker without real ports calls nobody. */
const nowhere = 'http://127.0.0.1:9';

const noPorts = {
  SCALEKIT_ENVIRONMENT_URL: nowhere,
  SCALEKIT_CLIENT_ID: 'bench',
  SCALEKIT_CLIENT_SECRET: 'bench',
  FASTROUTER_BASE_URL: `${nowhere}/v1`,
  FASTROUTER_API_KEY: 'bench',
};

/** Calls no model and no tool: what is left is what Pawl costs. */
export function startNoOpWorker(redisUrl: string, place: Place): Promise<RunningProgram> {
  const environment = { ...noPorts, NO_OP: '1', REDIS_URL: redisUrl, WORKER_CONCURRENCY: '100' };
  return startOwnProgram('pawl-worker-main', environment, place);
}

/** The client admits jobs in its own process. */
export const engine: Contender = {
  name: 'engine',
  description: "Pawl's worker with a model and a tool that do nothing, jobs admitted without HTTP",
  async start(place) {
    const server = await startRedis(place);
    const worker = await startNoOpWorker(server.url, place);
    const client = connectPawl(server.url);
    return {
      processes: { worker: worker.pid },
      redis: server.redis,
      job: () => client.job(text),
      async stop() {
        await client.close();
        await worker.stop();
        await server.stop();
      },
    };
  },
};

const Job = z.object({ id: z.string(), status: z.string() });

/** The same worker behind the gateway: a POST, then long polls. */
export const overHttp: Contender = {
  name: 'http',
  description: 'the same worker behind the gateway: POST, then a long poll',
  async start(place) {
    const server = await startRedis(place);
    const sandbox = await startSandbox({ autoActive: true, recordLimit: 10 });
    const worker = await startNoOpWorker(server.url, place);
    const port = await findFreePort();
    const gateway = await startService(
      'gateway',
      {
        NODE_ENV: 'test',
        REDIS_URL: server.url,
        PORT: String(port),
        SCALEKIT_ENVIRONMENT_URL: sandbox.origin,
        SCALEKIT_CLIENT_ID: sandbox.clientId,
        SCALEKIT_CLIENT_SECRET: sandbox.clientSecret,
        FASTROUTER_MODEL: 'bench/no-op',
      },
      place,
    );
    const http = createHttpClient(`http://127.0.0.1:${port}`);
    return {
      processes: { worker: worker.pid, gateway: gateway.pid },
      redis: server.redis,
      async job() {
        const order = { prompt: text, user: 'bench', connections: [connection] };
        const { id } = Job.parse(await http.call('POST', '/v1/jobs', order));
        for (;;) {
          const { status } = Job.parse(await http.call('GET', `/v1/jobs/${id}?wait=30`));
          if (status === 'completed') return;
          if (status !== 'queued' && status !== 'in_progress') {
            throw new Error(`job ${id} is ${status}`);
          }
        }
      },
      async stop() {
        http.close();
        await Promise.all([gateway.stop(), worker.stop()]);
        await sandbox.close();
        await server.stop();
      },
    };
  },
};
