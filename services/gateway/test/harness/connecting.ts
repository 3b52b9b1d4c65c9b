import type { Job } from '@pawl/contracts';
import { startSandbox } from '@pawl/sandbox';
import type { TestRedis } from '@pawl/testing';
import { afterAll, beforeEach } from 'vitest';
import type { RouteSettings } from '../../src/gateway.ts';
import { apiClient } from './api-client.ts';
import type { Browser } from './browser.ts';
import { blockJob } from './drive-job.ts';
import { startTestGateway } from './start-test-gateway.ts';

/** `localhost` may mean another loopback address here. */
export const reachable = (url: string) => url.replace(/^http:\/\/localhost:/, 'http://127.0.0.1:');

/** The link that the API shows for a job that waits for an account; empty where it waits for none. */
export const urlOf = ({ required_action: action }: Job) =>
  action?.type === 'connect_account' ? action.url : '';

export const linkOf = (job: Job) => reachable(urlOf(job));

const bearer = (key: string) => ({ Authorization: `Bearer ${key}` });

interface ConnectingSettings {
  readonly settings?: Partial<RouteSettings>;
  /** Whose jobs wait; with it, the gateway asks for API keys. */
  readonly tenant?: string;
}

/** A gateway, a sandbox for it, and people whose jobs wait for accounts. */
export async function startConnecting(
  redis: TestRedis,
  { settings = {}, tenant }: ConnectingSettings = {},
) {
  const sandbox = await startSandbox();
  afterAll(() => sandbox.close());
  beforeEach(() => sandbox.control.clearFaults());
  const gateway = await startTestGateway(redis, { scalekit: sandbox, settings });
  const keyOf = async (owner: string) =>
    (await gateway.store.createApiKey({ tenant: owner, name: 'test' })).key;
  const api = apiClient(gateway.url, tenant === undefined ? {} : bearer(await keyOf(tenant)));
  let users = 0;
  const newUser = () => `user_${(users += 1)}`;

  return {
    sandbox,
    gateway,
    api,
    newUser,

    /** The API as another tenant sees it. */
    apiOf: async (owner: string) => apiClient(gateway.url, bearer(await keyOf(owner))),

    statusOf: async (job: Job) => (await api.get(`/v1/jobs/${job.id}`)).body.status,

    /** A job that waits for its user's account, as the API shows it. */
    waitingJob: async (user = newUser(), connection = 'gmail'): Promise<Job> => {
      const { body } = await api.post('/v1/jobs', {
        prompt: 'Read my mails',
        user,
        connections: [connection],
      });
      await blockJob(gateway.engine, body.id, connection);
      return (await api.get(`/v1/jobs/${body.id}`)).body;
    },

    /** Opens the link, goes on and consents; answers where the browser is sent back to. */
    consent: async (browser: Browser, job: Job): Promise<string> => {
      const opened = await browser.goOn(linkOf(job));
      return reachable(sandbox.control.approve(opened.location) ?? '');
    },
  };
}
