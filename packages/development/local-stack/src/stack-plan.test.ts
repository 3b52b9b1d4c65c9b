import { expect, test } from 'vitest';
import { planStack, stackProblems } from './stack-plan.ts';

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

function problemsOf(environment: Record<string, string>): string[] {
  return stackProblems(environment).map(({ variable, problem }) => `${variable} ${problem}`);
}

test('finds nothing wrong where nothing is configured', () => {
  expect(problemsOf({ PORT: ' ' })).toEqual([]);
});

test('names what is missing of a configuration in part', () => {
  const { SCALEKIT_CLIENT_SECRET: _, ...partial } = scalekit;
  expect(problemsOf(partial)).toEqual([
    expect.stringMatching(/^SCALEKIT_CLIENT_SECRET is not set, though others/),
  ]);
});

test('asks for the key of another model endpoint, not of FastRouter', () => {
  expect(problemsOf({ FASTROUTER_BASE_URL: 'http://localhost:11434/v1' })).toEqual([
    expect.stringMatching(/^FASTROUTER_API_KEY is not set.*as Ollama does/),
  ]);
});

test.each(['abc', '0', '-1', '65536', '3000.5'])('refuses port %s', (port) => {
  expect(problemsOf({ PORT: port })).toEqual([expect.stringMatching(/^PORT is not usable/)]);
});

test('stands in for nothing in production, and names every variable at once', () => {
  const problems = problemsOf({ NODE_ENV: 'production', SCALEKIT_CLIENT_ID: 'id', PORT: 'abc' });
  expect(problems.map((problem) => problem.split(' ')[0])).toEqual([
    'REDIS_URL',
    'FASTROUTER_API_KEY',
    'SCALEKIT_ENVIRONMENT_URL',
    'SCALEKIT_CLIENT_SECRET',
    'PORT',
  ]);
});

test('refuses an address for others with the private Redis, which holds no API keys', () => {
  // The gateway takes a name below localhost for an address of others, and then wants an API key.
  for (const HOST of ['0.0.0.0', 'app.localhost']) {
    expect(problemsOf({ HOST })).toEqual([expect.stringMatching(/^HOST .*REDIS_URL/)]);
  }
  expect(problemsOf({ HOST: '0.0.0.0', REDIS_URL: 'redis://host' })).toEqual([]);
});

test.each(['127.0.0.1', '127.8.8.8', '::1', 'localhost'])(
  'takes HOST=%s for this machine',
  (host) => {
    expect(problemsOf({ HOST: host })).toEqual([]);
  },
);
