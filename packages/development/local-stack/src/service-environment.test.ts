import { expect, test } from 'vitest';
import { gatewayUrl, serviceEnvironment } from './service-environment.ts';

const sandbox = {
  url: 'http://127.0.0.1:4000',
  modelBaseUrl: 'http://127.0.0.1:4000/v1',
  clientId: 'id',
  clientSecret: 'secret',
  modelApiKey: 'key',
};
const findings = {
  plan: { privateRedis: true, sandboxTools: true, sandboxModel: true },
  redisUrl: 'redis://:p@127.0.0.1:6000/0',
  sandbox,
  host: '127.0.0.1',
  port: 3001,
};

test('gives the services what the local stack brought along, and the seed’s defaults', () => {
  expect(serviceEnvironment({ FASTROUTER_MODEL: ' ' }, findings)).toEqual({
    HOST: '127.0.0.1',
    PORT: '3001',
    PUBLIC_URL: 'http://localhost:3001',
    REDIS_URL: 'redis://:p@127.0.0.1:6000/0',
    SCALEKIT_CONNECTION_NAME: 'gmail',
    SCALEKIT_IDENTIFIER: 'user_123',
    SCALEKIT_ENVIRONMENT_URL: 'http://127.0.0.1:4000',
    SCALEKIT_CLIENT_ID: 'id',
    SCALEKIT_CLIENT_SECRET: 'secret',
    FASTROUTER_BASE_URL: 'http://127.0.0.1:4000/v1',
    FASTROUTER_API_KEY: 'key',
    FASTROUTER_MODEL: 'openai/gpt-4o-mini',
  });
});

test('leaves what is configured as it is', () => {
  const plan = { privateRedis: true, sandboxTools: true, sandboxModel: false };
  const given = {
    FASTROUTER_API_KEY: 'real',
    SCALEKIT_CONNECTION_NAME: 'slack',
    PUBLIC_URL: 'https://pawl.example',
  };
  expect(serviceEnvironment(given, { ...findings, plan })).toMatchObject(given);
});

test.each([
  ['127.0.0.1', 'http://127.0.0.1:3000'],
  ['0.0.0.0', 'http://127.0.0.1:3000'],
  ['::', 'http://[::1]:3000'],
])('reaches a gateway that listens on %s', (host, url) => {
  expect(gatewayUrl(host, 3000)).toBe(url);
});
