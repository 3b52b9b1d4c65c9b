import { findFreePort } from '@pawl/local-stack';
import { startSandbox } from '@pawl/sandbox';
import type { Contender, Place, RunningContender } from '../contender.ts';
import { createHttpClient } from '../http-client.ts';
import { connection, text } from '../no-op.ts';
import { startOwnProgram, startService } from '../start-program.ts';
import { startRedis } from '../start-redis.ts';

/** The floor of admission. */
export const bareExpress: Contender = {
  name: 'express',
  description: 'Express alone: POST, parsed, one HSET in Redis, 202',
  start: (place) => startExpress('express-main', '/', place),
};

/** The floor of an admission that is worked on: nobody works here. */
export const expressQueue: Contender = {
  name: 'express-queue',
  description: "Express alone: POST, parsed, one task added to a queue of BullMQ's, 202",
  start: (place) => startExpress('express-chain-main', '/jobs', place),
};

async function startExpress(
  program: string,
  path: string,
  place: Place,
): Promise<RunningContender> {
  const server = await startRedis(place);
  const port = String(await findFreePort());
  const gateway = await startOwnProgram(program, { REDIS_URL: server.url, PORT: port }, place);
  const http = createHttpClient(`http://127.0.0.1:${port}`);
  return {
    processes: { gateway: gateway.pid },
    redis: server.redis,
    async job() {
      await http.call('POST', path, { prompt: text });
    },
    async stop() {
      http.close();
      await gateway.stop();
      await server.stop();
    },
  };
}

/** Jobs are accepted, and nobody works on them. */
export const admission: Contender = {
  name: 'admission',
  description: "Pawl's gateway alone: POST /v1/jobs, 202, no worker",
  async start(place) {
    const server = await startRedis(place);
    const sandbox = await startSandbox({ autoActive: true, recordLimit: 10 });
    const port = String(await findFreePort());
    const environment = {
      NODE_ENV: 'test',
      REDIS_URL: server.url,
      PORT: port,
      SCALEKIT_ENVIRONMENT_URL: sandbox.origin,
      SCALEKIT_CLIENT_ID: sandbox.clientId,
      SCALEKIT_CLIENT_SECRET: sandbox.clientSecret,
      FASTROUTER_MODEL: 'bench/no-op',
    };
    const gateway = await startService('gateway', environment, place);
    const http = createHttpClient(`http://127.0.0.1:${port}`);
    return {
      processes: { gateway: gateway.pid },
      redis: server.redis,
      async job() {
        await http.call('POST', '/v1/jobs', {
          prompt: text,
          user: 'bench',
          connections: [connection],
        });
      },
      async stop() {
        http.close();
        await gateway.stop();
        await sandbox.close();
        await server.stop();
      },
    };
  },
};
