import { EnvironmentError } from '@pawl/runtime';
import { expect, test } from 'vitest';
import { readGatewayEnvironment } from './env.ts';
import { gatewaySettings } from './gateway-settings.ts';

const required = {
  REDIS_URL: 'redis://localhost:6379',
  SCALEKIT_ENVIRONMENT_URL: 'https://acme.scalekit.dev',
  SCALEKIT_CLIENT_ID: 'skc_1',
  SCALEKIT_CLIENT_SECRET: 'secret',
};

function problemsOf(source: Record<string, string>): string[] {
  try {
    readGatewayEnvironment(source);
    return [];
  } catch (error) {
    if (error instanceof EnvironmentError) return error.problems.map(({ variable }) => variable);
    throw error;
  }
}

test('what is left out has its default', () => {
  expect(readGatewayEnvironment(required)).toMatchObject({
    HOST: '127.0.0.1',
    PORT: 3_000,
    PAWL_SHARDS: 1,
    SCALEKIT_CONNECTION_NAME: [],
    LOG_LEVEL: 'info',
  });
});

test('connections are separated by commas, and a public address loses its last slash', () => {
  const environment = readGatewayEnvironment({
    ...required,
    SCALEKIT_CONNECTION_NAME: 'gmail, github,,slack ',
    PUBLIC_URL: 'https://agents.example/pawl/',
  });
  expect(environment.SCALEKIT_CONNECTION_NAME).toEqual(['gmail', 'github', 'slack']);
  expect(environment.PUBLIC_URL).toBe('https://agents.example/pawl');
});

test('a model is needed in production only', () => {
  expect(problemsOf(required)).toEqual([]);
  expect(problemsOf({ ...required, NODE_ENV: 'production' })).toEqual(['FASTROUTER_MODEL']);
});

test('every problem is found at once', () => {
  expect(problemsOf({ NODE_ENV: 'production', PORT: 'http', SCALEKIT_IDENTIFIER: 'a::b' })).toEqual(
    [
      'REDIS_URL',
      'PORT',
      'SCALEKIT_ENVIRONMENT_URL',
      'SCALEKIT_CLIENT_ID',
      'SCALEKIT_CLIENT_SECRET',
      'SCALEKIT_IDENTIFIER',
      'FASTROUTER_MODEL',
    ],
  );
});

const webhookUrl = { WEBHOOK_URL: 'https://app.example/hook' };

test('a URL that webhooks are sent to by default needs what they are signed with', () => {
  expect(problemsOf({ ...required, ...webhookUrl })).toEqual(['WEBHOOK_URL']);
  expect(problemsOf({ ...required, ...webhookUrl, NODE_ENV: 'production' })).toEqual([
    'FASTROUTER_MODEL',
    'WEBHOOK_URL',
  ]);
  const key = Buffer.alloc(32).toString('base64');
  expect(problemsOf({ ...required, ...webhookUrl, WEBHOOK_SECRET: `whsec_${key}` })).toEqual([]);
  expect(problemsOf({ ...required, ...webhookUrl, PAWL_ENCRYPTION_KEY: key })).toEqual([]);
});

test('a URL that webhooks are sent to by default is one that they may reach', () => {
  const key = Buffer.alloc(32).toString('base64');
  const internal = { ...required, WEBHOOK_SECRET: `whsec_${key}`, WEBHOOK_URL: 'http://10.0.0.1/' };
  expect(problemsOf(internal)).toEqual(['WEBHOOK_URL']);
  expect(problemsOf({ ...internal, WEBHOOK_ALLOWED_HOSTS: '10.0.0.0/8' })).toEqual([]);
});

test('a secret that is wrong is not a secret that is missing', () => {
  expect(problemsOf({ ...required, ...webhookUrl, WEBHOOK_SECRET: 'hunter2' })).toEqual([
    'WEBHOOK_SECRET',
  ]);
  expect(problemsOf({ ...required, ...webhookUrl, PAWL_ENCRYPTION_KEY: 'hunter2' })).toEqual([
    'PAWL_ENCRYPTION_KEY',
  ]);
});

function drainOf(source: Record<string, string>): number {
  return gatewaySettings(readGatewayEnvironment({ ...required, ...source })).drain;
}

test('in production the gateway drains for 5 seconds, elsewhere it ends at once, unless it is told', () => {
  const production = { NODE_ENV: 'production', FASTROUTER_MODEL: 'openai/gpt-4o-mini' };
  expect(drainOf({})).toBe(0);
  expect(drainOf(production)).toBe(5_000);
  expect(drainOf({ ...production, GATEWAY_DRAIN_SECONDS: '0' })).toBe(0);
});
