import { EnvironmentError } from '@pawl/runtime';
import { expect, test } from 'vitest';
import { planStack } from './stack-plan.ts';

const scalekit = {
  SCALEKIT_ENVIRONMENT_URL: 'https://example.scalekit.dev',
  SCALEKIT_CLIENT_ID: 'id',
  SCALEKIT_CLIENT_SECRET: 'secret',
};

test('brings everything along when nothing is configured', () => {
  expect(planStack({ REDIS_URL: ' ', HOME: '/root' })).toEqual({
    privateRedis: true,
    sandboxTools: true,
    sandboxModel: true,
  });
});

test('stands in only for what is not configured', () => {
  expect(planStack({ ...scalekit, REDIS_URL: 'redis://host' })).toEqual({
    privateRedis: false,
    sandboxTools: false,
    sandboxModel: true,
  });
});

test('takes a base URL for a configured model endpoint', () => {
  expect(planStack({ FASTROUTER_BASE_URL: 'http://localhost:11434/v1' }).sandboxModel).toBe(false);
});

test('names what is missing of a configuration in part', () => {
  const { SCALEKIT_CLIENT_SECRET: _, ...partial } = scalekit;
  expect(() => planStack(partial)).toThrow(/SCALEKIT_CLIENT_SECRET is not set, though others/);
});

test('stands in for nothing in production, and names every variable at once', () => {
  const environment = { NODE_ENV: 'production', SCALEKIT_CLIENT_ID: 'id' };
  expect(() => planStack(environment)).toThrow(EnvironmentError);
  expect(() => planStack(environment)).toThrow(
    /REDIS_URL.*FASTROUTER_API_KEY.*SCALEKIT_ENVIRONMENT_URL.*SCALEKIT_CLIENT_SECRET/s,
  );
});
