import { AgentDefinition, JobRequest, type JobRequestInput } from '@pawl/contracts';
import { expect, test } from 'vitest';
import { isAllowed } from '../tool/offer.ts';
import { resolveRequest } from './resolve.ts';

const defaults = { connections: ['gmail'], model: 'default/model', instructions: 'Help.' };

function resolve(body: Partial<JobRequestInput>, agent?: object) {
  const definition = agent === undefined ? undefined : AgentDefinition.parse(agent);
  return resolveRequest(JobRequest.parse({ prompt: 'Hello', ...body }), definition, defaults);
}

function request(body: Partial<JobRequestInput>, agent?: object) {
  const resolved = resolve(body, agent);
  if (resolved.kind === 'refused') throw new Error(`${resolved.path} ${resolved.message}`);
  return { ...resolved.request, limits: resolved.limits };
}

test('without an agent the defaults fill in what the body leaves out', () => {
  expect(request({})).toEqual({
    prompt: 'Hello',
    models: ['default/model'],
    modelOptions: {},
    instructions: 'Help.',
    connections: ['gmail'],
    tools: {},
    metadata: {},
    looksUp: true,
    asked: { kept: [], merged: {} },
    limits: { turns: 8, tool_calls: 64, deadline_seconds: 86_400 },
  });
  expect(
    resolveRequest(JobRequest.parse({ prompt: 'a' }), undefined, { ...defaults, model: undefined }),
  ).toMatchObject({ kind: 'refused', path: 'model' });
});

test('the body replaces model, instructions and response format, and adds options and metadata', () => {
  const agent = {
    model: 'a/model',
    fallback_models: ['a/other'],
    instructions: 'Sort.',
    response_format: { type: 'json_object' },
    model_options: { temperature: 0, seed: 1 },
    metadata: { team: 'mail', kind: 'triage' },
  };
  expect(request({}, agent)).toMatchObject({
    models: ['a/model', 'a/other'],
    instructions: 'Sort.',
    responseFormat: { type: 'json_object' },
    modelOptions: { temperature: 0, seed: 1 },
    metadata: { team: 'mail', kind: 'triage' },
  });
  const body = {
    model: 'b/model',
    fallback_models: [],
    instructions: 'Sort twice.',
    model_options: { temperature: 1 },
    metadata: { kind: 'other' },
  };
  expect(request(body, agent)).toMatchObject({
    models: ['b/model'],
    instructions: 'Sort twice.',
    modelOptions: { temperature: 1, seed: 1 },
    metadata: { team: 'mail', kind: 'other' },
  });
});

test('limits are the lower ones, and defaults where neither says any', () => {
  const agent = { limits: { turns: 20, cost_usd: 1 } };
  expect(request({}, agent).limits).toEqual({
    turns: 20,
    cost_usd: 1,
    tool_calls: 64,
    deadline_seconds: 86_400,
  });
  const limits = { turns: 50, cost_usd: 0.5, tool_calls: 100, tokens: 9 };
  expect(request({ limits }, agent).limits).toEqual({
    turns: 20,
    cost_usd: 0.5,
    tool_calls: 100,
    tokens: 9,
    deadline_seconds: 86_400,
  });
});

test('a tool has to be allowed by agent and body, and denied by neither', () => {
  const agent = { tools: { allow: ['gmail_*', 'slack_*'], deny: ['*_send'] } };
  const { tools } = request({ tools: { allow: ['*_fetch', '*_send'], deny: ['slack_*'] } }, agent);
  const names = ['gmail_fetch', 'gmail_send', 'gmail_read', 'slack_fetch', 'github_fetch'];
  expect(names.filter((name) => isAllowed(tools, name))).toEqual(['gmail_fetch']);
  expect(request({}, agent).tools).toEqual(agent.tools);
  expect(request({ tools: { allow: ['gmail_*'] } }, { limits: {} }).tools).toEqual({
    allow: ['gmail_*'],
  });
});

test('a call waits for a person if agent or body wants it, for the shorter time', () => {
  const agent = { tools: { approve: 'writes', approval_seconds: 600 } };
  const body = { tools: { approve: 'none', approval_seconds: 60 } } as const;
  expect(request(body, agent).tools).toEqual({
    approve: ['writes', 'none'],
    approvalSeconds: 60,
  });
});

test('connections are those of the agent or some of them', () => {
  const agent = { connections: ['gmail', 'slack'] };
  expect(request({}, agent).connections).toEqual(['gmail', 'slack']);
  expect(request({ connections: ['slack'] }, agent).connections).toEqual(['slack']);
  expect(resolve({ connections: ['slack', 'github'] }, agent)).toEqual({
    kind: 'refused',
    path: 'connections[1]',
    message: "is not one of its agent's, which has gmail, slack",
  });
});

const pairs = (prefix: string) =>
  Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`${prefix}${index}`, 'x']));

test('metadata has 32 pairs at most, those of the agent included', () => {
  expect(resolve({ metadata: pairs('a') }, { metadata: pairs('b') })).toMatchObject({
    kind: 'refused',
    path: 'metadata',
  });
});
