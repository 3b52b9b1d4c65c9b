import { z } from 'zod';
import type { Contender, Place } from '../contender.ts';
import { text } from '../no-op.ts';
import { connectPawl } from '../pawl-client.ts';
import { startOwnProgram } from '../start-program.ts';
import { startRedis } from '../start-redis.ts';
import { connectTasks } from './bullmq.ts';

const Access = z.object({
  origin: z.string(),
  modelBaseUrl: z.string(),
  clientId: z.string(),
  clientSecret: z.string(),
  modelApiKey: z.string(),
});

/** A model of 200 ms behind HTTP and a tool of 100 ms behind gRPC, with a connection of 56 tools. */
async function startSlowSandbox(place: Place) {
  const sandbox = await startOwnProgram('slow-sandbox-main', {}, place);
  const access = Access.parse(JSON.parse(sandbox.ready).access);
  return {
    pid: sandbox.pid,
    stop: () => sandbox.stop(),
    environment: {
      SCALEKIT_ENVIRONMENT_URL: access.origin,
      SCALEKIT_CLIENT_ID: access.clientId,
      SCALEKIT_CLIENT_SECRET: access.clientSecret,
      FASTROUTER_BASE_URL: access.modelBaseUrl,
      FASTROUTER_API_KEY: access.modelApiKey,
    },
  };
}

/** Has the model ask for one call of a tool, and answer then. */
const script = [{ tool: 'gmail_fetch_mails', arguments: { query: text } }, { text }];
const prompt = `Read.\n\`\`\`sandbox\n${JSON.stringify(script)}\n\`\`\``;

/** The real worker, whose model and tools are in another process. */
export const overTheWire: Contender = {
  name: 'wire',
  description:
    'the worker as it is, with a model of 200 ms behind HTTP and a tool of 100 ms behind gRPC, and a connection of 56 tools',
  async start(place) {
    const server = await startRedis(place);
    const sandbox = await startSlowSandbox(place);
    const worker = await startOwnProgram(
      'pawl-worker-main',
      { REDIS_URL: server.url, WORKER_CONCURRENCY: '100', ...sandbox.environment },
      place,
    );
    const client = connectPawl(server.url);
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

/** The floor over the wire: nothing is stored, and nothing checked. */
export const bareSdks: Contender = {
  name: 'sdks',
  description: 'the same model and tools, called by the two SDKs alone in one task of BullMQ',
  async start(place) {
    const server = await startRedis(place);
    const sandbox = await startSlowSandbox(place);
    const environment = { REDIS_URL: server.url, ...sandbox.environment };
    const worker = await startOwnProgram('sdks-main', environment, place);
    const tasks = await connectTasks(server.url);
    return {
      processes: { worker: worker.pid, sandbox: sandbox.pid },
      redis: server.redis,
      job: () => tasks.run({ prompt }),
      async stop() {
        await tasks.close();
        await worker.stop();
        await sandbox.stop();
        await server.stop();
      },
    };
  },
};
