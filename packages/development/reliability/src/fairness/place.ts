import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type Sandbox, startSandbox } from '@pawl/sandbox';
import { findFreePort } from '@pawl/local-stack';
import { withPrivateRedis } from '../testbed/testbed.ts';
import { type Receiver, startReceiver } from '../testbed/receiver.ts';
import { startService } from '../testbed/service-process.ts';

/** One gateway and one worker as they are in production, and what they talk to. */
export interface Place {
  readonly sandbox: Sandbox;
  readonly receiver: Receiver;
  readonly a: Client;
  readonly b: Client;
}

/** Talks to the gateway with a tenant's key. Throws an Error for an answer that is not 2xx. */
export interface Client {
  post(path: string, body: object): Promise<{ id: string }>;
}

/** Seconds: what a call may take is short, so that the loads with hanging calls end. */
const limits = { MODEL_TIMEOUT_SECONDS: '10', TOOL_TIMEOUT_SECONDS: '10' };

/** @param checkout the built repository whose services are measured */
export async function withPlace<Result>(
  checkout: string,
  use: (place: Place) => Promise<Result>,
): Promise<Result> {
  return withPrivateRedis(async ({ url }) => {
    const sandbox = await startSandbox({ autoActive: true, recordLimit: 10 });
    const receiver = await startReceiver();
    const port = String(await findFreePort());
    const environment = {
      ...limits,
      REDIS_URL: url,
      PORT: port,
      PAWL_ENCRYPTION_KEY: randomBytes(32).toString('base64'),
      SCALEKIT_ENVIRONMENT_URL: sandbox.origin,
      SCALEKIT_CLIENT_ID: sandbox.clientId,
      SCALEKIT_CLIENT_SECRET: sandbox.clientSecret,
      SCALEKIT_CONNECTION_NAME: 'gmail',
      FASTROUTER_BASE_URL: sandbox.modelBaseUrl,
      FASTROUTER_API_KEY: sandbox.modelApiKey,
      FASTROUTER_MODEL: 'pawl/experiment',
      WEBHOOK_ALLOWED_HOSTS: '127.0.0.1',
      LOG_LEVEL: 'info',
    };
    const [a, b] = await Promise.all(['a', 'b'].map((tenant) => makeKey(checkout, url, tenant)));
    const services = [
      await startService('gateway', environment, join(checkout, 'services')),
      await startService('worker', environment, join(checkout, 'services')),
    ];
    const baseUrl = `http://127.0.0.1:${port}`;
    const clients = { a: clientOf(baseUrl, a ?? ''), b: clientOf(baseUrl, b ?? '') };
    try {
      for (const client of Object.values(clients)) {
        await client.post('/v1/webhook-secrets/rotate', {});
      }
      return await use({ sandbox, receiver, ...clients });
    } finally {
      for (const service of services) service.kill('SIGKILL');
      await Promise.all(services.map((service) => service.exited));
      receiver.close();
      await sandbox.close();
    }
  });
}

/** By the checkout's own command: another version may store keys in another way. */
async function makeKey(checkout: string, redisUrl: string, tenant: string): Promise<string> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [join(checkout, 'services/gateway/dist/keys.js'), 'create', '--tenant', tenant],
    { env: { PATH: process.env['PATH'], NODE_ENV: 'test', REDIS_URL: redisUrl } },
  );
  return stdout.trim();
}

function clientOf(baseUrl: string, key: string): Client {
  return {
    async post(path, body) {
      const response = await fetch(`${baseUrl}${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
        body: JSON.stringify(body),
      });
      const text = await response.text();
      if (!response.ok) throw new Error(`POST ${path} was answered ${response.status}: ${text}`);
      return JSON.parse(text) as { id: string };
    },
  };
}
