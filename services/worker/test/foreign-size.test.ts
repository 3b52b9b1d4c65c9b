import { testRedis } from '@pawl/testing';
import { expect, test } from 'vitest';
import { scripted, startTestWorker } from './harness/start-test-worker.ts';

const evilPattern = {
  type: 'object',
  properties: { label_id: { type: 'string', pattern: '^(a+)+$' } },
};

const worker = await startTestWorker(testRedis(), {
  sandbox: { toolSchemas: { gmail_get_profile: evilPattern } },
});

const callOf = async (id: string) => {
  const steps = await worker.steps(id);
  return steps.find(({ type }) => type === 'tool_call');
};
const requestsOf = (job: string) =>
  worker.control.toolRequests().items.filter(({ agentRunId }) => agentRunId === job).length;
const modelCallsFor = (prompt: string) =>
  worker.control.modelRequests().items.filter((request) => request.prompt === prompt).length;

test('a pattern that backtracks for ever stops nobody: other jobs go on, and the call is made unchecked', async () => {
  const input = { label_id: `${'a'.repeat(45)}!` };
  const evil = await worker.post({
    prompt: scripted([[{ tool: 'gmail_get_profile', arguments: input }], { text: 'Done.' }]),
    user: 'evil',
  });
  const others = await Promise.all(
    ['one', 'two', 'three'].map((user) =>
      worker.post({ prompt: scripted([{ text: 'Hello.' }]), user }),
    ),
  );
  for (const id of others) expect(await worker.ended(id)).toMatchObject({ status: 'completed' });
  expect(await worker.ended(evil)).toMatchObject({ status: 'completed', text: 'Done.' });
  // Not refused by Pawl; the tool itself said that it knows no such parameter.
  expect(await callOf(evil)).toMatchObject({ status: 'failed', attempts: 1 });
});

test('arguments 10,000 deep are refused, and the model is told so', async () => {
  const deep = `{"a":${'['.repeat(10_000)}${']'.repeat(10_000)}}`;
  const prompt = scripted([[{ tool: 'gmail_fetch_mails', arguments: deep }], { text: 'I see.' }]);
  const id = await worker.post({ prompt });
  expect(await worker.ended(id)).toMatchObject({ status: 'completed', text: 'I see.' });
  expect(await callOf(id)).toMatchObject({
    status: 'refused',
    error: { code: 'invalid_arguments', message: expect.stringContaining('40 levels') },
  });
  expect(modelCallsFor(prompt)).toBe(2);
});

test.each([
  ['gmail_fetch_mails', {}, 90],
  ['gmail_send_message', { to: 'a@b.example', subject: 'Hello', body: '90' }, 90],
  ['gmail_fetch_mails', {}, 900],
  ['gmail_send_message', { to: 'a@b.example', subject: 'Hello', body: '900' }, 900],
])('%s %o answers %i levels deep: it was called once, and the model goes on', async (...deep) => {
  const [tool, input, levels] = deep;
  const prompt = scripted([[{ tool, arguments: input }], { text: `Read ${tool} ${levels}.` }]);
  const user = `deep-${tool}-${levels}`;
  worker.control.addFault({
    match: { operation: 'ExecuteTool', identifier: user },
    when: 'after-effect',
    effect: { kind: 'deep_answer', levels },
  });
  const id = await worker.post({ prompt, user });
  expect(await worker.ended(id)).toMatchObject({ status: 'completed' });
  expect(await callOf(id)).toMatchObject({ status: 'succeeded', attempts: 1 });
  expect(modelCallsFor(prompt)).toBe(2);
});

test('a tool that answers 42 MB was called once, the model is told so, and others go on', async () => {
  const user = 'oversize';
  worker.control.addFault({
    match: { operation: 'ExecuteTool', identifier: user },
    when: 'after-effect',
    times: 'always',
    effect: { kind: 'oversize_answer', bytes: 42_000_000 },
  });
  const mail = { to: 'large@example.com', subject: 'Hello', body: 'Hello.' };
  const id = await worker.post({
    prompt: scripted([[{ tool: 'gmail_send_message', arguments: mail }], { text: 'Sent.' }]),
    user,
    on_unknown_outcome: 'retry',
  });
  const other = await worker.post({ prompt: scripted([{ text: 'Hello.' }]), user: 'beside' });
  expect(await worker.ended(other)).toMatchObject({ status: 'completed' });
  expect(await worker.ended(id)).toMatchObject({ status: 'completed', text: 'Sent.' });
  expect(await callOf(id)).toMatchObject({
    status: 'succeeded',
    attempts: 1,
    output: { truncated: true, notice: expect.stringContaining('What the tool does was done') },
  });
  expect(requestsOf(id)).toBe(1);
});

test('a model that answers 700 MB is not asked again, and the job ends', async () => {
  const prompt = 'Answer at length.';
  worker.control.addFault({
    match: { operation: 'model', promptIncludes: prompt },
    times: 'always',
    effect: { kind: 'oversize_answer', bytes: 700_000_000 },
  });
  const id = await worker.post({ prompt, user: 'talkative' });
  expect(await worker.ended(id)).toMatchObject({
    status: 'failed',
    failure: { code: 'model_answer_too_large', retryable: false },
  });
  expect(modelCallsFor(prompt)).toBe(1);
});
