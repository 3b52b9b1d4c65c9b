import { findFreePort } from '@pawl/local-stack';
import { startSandbox } from '@pawl/sandbox';
import { z } from 'zod';
import { createHttpClient } from '../http-client.js';
import { text } from '../no-op.js';
import { connection, connectPawl } from '../pawl-client.js';
import { startOwnProgram, startService } from '../start-program.js';
import { startRedis } from '../start-redis.js';
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
export function startNoOpWorker(redisUrl, place) {
  const environment = { ...noPorts, NO_OP: '1', REDIS_URL: redisUrl, WORKER_CONCURRENCY: '100' };
  return startOwnProgram('pawl-worker-main', environment, place);
}
/** The client admits jobs in its own process. */
export const engine = {
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
export const overHttp = {
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
const Access = z.object({
  origin: z.string(),
  modelBaseUrl: z.string(),
  clientId: z.string(),
  clientSecret: z.string(),
  modelApiKey: z.string(),
});
/** The real worker, whose model and tools are in another process behind HTTP and gRPC. */
export const overTheWire = {
  name: 'wire',
  description:
    'the worker as it is, with a model of 200 ms behind HTTP and a tool of 100 ms behind gRPC, and a connection of 56 tools',
  async start(place) {
    const server = await startRedis(place);
    const sandbox = await startOwnProgram('slow-sandbox-main', {}, place);
    const access = Access.parse(JSON.parse(sandbox.ready).access);
    const worker = await startOwnProgram(
      'pawl-worker-main',
      {
        REDIS_URL: server.url,
        WORKER_CONCURRENCY: '100',
        SCALEKIT_ENVIRONMENT_URL: access.origin,
        SCALEKIT_CLIENT_ID: access.clientId,
        SCALEKIT_CLIENT_SECRET: access.clientSecret,
        FASTROUTER_BASE_URL: access.modelBaseUrl,
        FASTROUTER_API_KEY: access.modelApiKey,
      },
      place,
    );
    const client = connectPawl(server.url);
    const script = [{ tool: 'gmail_fetch_mails', arguments: { query: text } }, { text }];
    const prompt = `Read.\n\`\`\`sandbox\n${JSON.stringify(script)}\n\`\`\``;
    return {
      processes: { worker: worker.pid, sandbox: sandbox.pid },
      redis: server.redis,
      job: () => client.job(prompt),
      async stop() {
        await client.close();
        await worker.stop();
        await sandbox.stop();
        await server.stop();
      },
    };
  },
};
//# sourceMappingURL=pawl.js.map
