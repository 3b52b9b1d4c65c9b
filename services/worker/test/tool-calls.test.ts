import { createGate, testRedis } from '@pawl/testing';
import { expect, test } from 'vitest';
import { scripted, startTestWorker } from './harness/start-test-worker.ts';

const worker = await startTestWorker(testRedis(), {
  sandbox: { connections: [{ keyId: 'gmail-work', connector: 'gmail' }] },
});

const requestsOf = (job: string) =>
  worker.control.toolRequests().items.filter(({ agentRunId }) => agentRunId === job);
const sentTo = (recipient: string) =>
  worker.control
    .effects()
    .items.filter(({ arguments: input }) => JSON.stringify(input).includes(recipient));

const send = (to: string) => ({
  tool: 'gmail_send_message',
  arguments: { to, subject: 'Hello', body: 'Hello.' },
});

test('the calls of one turn run in parallel', async () => {
  const both = createGate();
  let arrived = 0;
  const leave = worker.control.on('tool.before_effect', async ({ identifier }) => {
    if (identifier !== 'parallel') return;
    arrived += 1;
    if (arrived === 2) both.open();
    await both.opened;
  });
  const id = await worker.post({
    prompt: scripted([[send('one@example.com'), send('two@example.com')], { text: 'Sent.' }]),
    user: 'parallel',
  });
  expect(await worker.ended(id)).toMatchObject({ status: 'completed', text: 'Sent.' });
  leave();
});

test.each([
  [
    'arguments that are not JSON',
    { tool: 'gmail_get_profile', arguments: '{"a":' },
    'invalid_json',
  ],
  [
    'arguments that are no object',
    { tool: 'gmail_get_profile', arguments: '[1]' },
    'invalid_arguments',
  ],
  [
    'a missing argument',
    { tool: 'gmail_send_message', arguments: { to: 'a@b.c' } },
    'invalid_arguments',
  ],
  [
    'a wrong type',
    { tool: 'gmail_fetch_mails', arguments: { max_results: 'five' } },
    'invalid_arguments',
  ],
  ['a tool that does not exist', { tool: 'gmail_fly', arguments: {} }, 'unknown_tool'],
])(
  '%s give the model an error that says so, and the tool is not called',
  async (_name, call, code) => {
    const before = worker.control.toolRequests().total;
    const id = await worker.post({ prompt: scripted([[call], { text: 'I see.' }]) });
    expect(await worker.ended(id)).toMatchObject({ status: 'completed', text: 'I see.' });
    const step = (await worker.steps(id)).find(({ type }) => type === 'tool_call');
    expect(step).toMatchObject({ status: 'refused', attempts: 0, error: { code } });
    expect(worker.control.toolRequests().total).toBe(before);
  },
);

test('deny keeps a tool from the model, and from being called all the same', async () => {
  const id = await worker.post({
    prompt: scripted([[send('denied@example.com')], { text: 'I may not.' }]),
    tools: { allow: ['gmail_*'], deny: ['gmail_send_*'] },
  });
  await worker.ended(id);
  const offered = worker.control
    .modelRequests()
    .items.findLast(({ prompt }) => prompt.includes('denied@example.com'));
  expect(offered?.toolNames).toContain('gmail_fetch_mails');
  expect(offered?.toolNames).not.toContain('gmail_send_message');
  const step = (await worker.steps(id)).find(({ type }) => type === 'tool_call');
  expect(step).toMatchObject({ status: 'refused', error: { code: 'tool_denied' } });
  expect(sentTo('denied@example.com')).toEqual([]);
});

test('one job uses several connections, two of one connector among them', async () => {
  const id = await worker.post({
    prompt: scripted([
      [
        { tool: 'gmail_get_profile', arguments: {} },
        { tool: 'gmail_get_profile__gmail-work', arguments: {} },
        { tool: 'slack_list_channels', arguments: {} },
      ],
      { text: 'Done.' },
    ]),
    connections: ['gmail', 'gmail-work', 'slack'],
    tools: { allow: ['gmail_get_profile', 'slack_list_channels'] },
  });
  expect(await worker.ended(id)).toMatchObject({ status: 'completed' });
  const calls = (await worker.steps(id)).filter(({ type }) => type === 'tool_call');
  expect(calls.map((call) => 'connection' in call && [call.connection, call.status])).toEqual([
    ['gmail', 'succeeded'],
    ['gmail-work', 'succeeded'],
    ['slack', 'succeeded'],
  ]);
});

test('above the endpoint’s limit the best matches for the prompt are offered', async () => {
  const id = await worker.post({
    prompt: 'List the open issues in acme/api on GitHub, please.',
    connections: ['gmail', 'github', 'slack'],
  });
  expect(await worker.ended(id)).toMatchObject({ status: 'completed' });
  const offered = worker.control
    .modelRequests()
    .items.find(({ prompt }) => prompt.includes('acme/api on GitHub'));
  expect(offered?.toolNames).toHaveLength(127);
  expect(offered?.toolNames).toContain('find_tools');
  expect(offered?.toolNames).toContain('github_issues_list');
});

test('a tool that fails gives the model a structured error', async () => {
  const id = await worker.post({
    prompt: scripted([
      [{ tool: 'gmail_get_message_by_id', arguments: { message_id: 'no-such-mail' } }],
      { text: 'There is no such mail.' },
    ]),
  });
  expect(await worker.ended(id)).toMatchObject({ status: 'completed' });
  const step = (await worker.steps(id)).find(({ type }) => type === 'tool_call');
  expect(step).toMatchObject({ status: 'failed', output: null, error: { retryable: false } });
});

test.each([
  ['Unavailable', { kind: 'grpc_status', code: 'Unavailable' }],
  ['502', { kind: 'http_status', status: 502 }],
  ['a dropped connection', { kind: 'drop_connection' }],
  ['a reset stream', { kind: 'reset_stream' }],
  ['a deadline', { kind: 'grpc_status', code: 'DeadlineExceeded' }],
] as const)(
  'a write whose answer is lost (%s) happens once, and a person is asked (invariant 5)',
  async (name, effect) => {
    const recipient = `${name.replaceAll(/\W/g, '').toLowerCase()}@lost.example`;
    worker.control.addFault({
      match: { operation: 'ExecuteTool', argumentsInclude: recipient },
      when: 'after-effect',
      effect,
    });
    const id = await worker.post({
      prompt: scripted([[send(recipient)], { text: 'Sent.' }]),
      on_unknown_outcome: 'ask',
    });
    const job = await worker.until(
      id,
      ({ phase }) => phase.name === 'calls' && phase.calls[0]?.step.status === 'unknown',
    );
    expect(job.phase).toMatchObject({ name: 'calls' });
    expect(sentTo(recipient)).toHaveLength(1);
    expect(requestsOf(id)).toHaveLength(1);
  },
);

test('tell_model lets the model read that the outcome is unknown', async () => {
  const recipient = 'told@lost.example';
  worker.control.addFault({
    match: { operation: 'ExecuteTool', argumentsInclude: recipient },
    when: 'after-effect',
    effect: { kind: 'drop_connection' },
  });
  const id = await worker.post({
    prompt: scripted([[send(recipient)], { text: 'I do not know.' }]),
    on_unknown_outcome: 'tell_model',
  });
  expect(await worker.ended(id)).toMatchObject({ status: 'completed', text: 'I do not know.' });
  const step = (await worker.steps(id)).find(({ type }) => type === 'tool_call');
  expect(step).toMatchObject({ status: 'unknown', error: { code: 'outcome_unknown' } });
  expect(sentTo(recipient)).toHaveLength(1);
});

test('retry makes the call again', async () => {
  const recipient = 'again@lost.example';
  worker.control.addFault({
    match: { operation: 'ExecuteTool', argumentsInclude: recipient },
    when: 'after-effect',
    effect: { kind: 'drop_connection' },
  });
  const id = await worker.post({
    prompt: scripted([[send(recipient)], { text: 'Sent.' }]),
    on_unknown_outcome: 'retry',
  });
  expect(await worker.ended(id)).toMatchObject({ status: 'completed' });
  expect(sentTo(recipient)).toHaveLength(2);
});

test('a read whose answer is lost is simply made again', async () => {
  worker.control.addFault({
    match: { operation: 'ExecuteTool', argumentsInclude: 'subject:again' },
    when: 'after-effect',
    effect: { kind: 'reset_stream' },
  });
  const id = await worker.post({
    prompt: scripted([
      [{ tool: 'gmail_fetch_mails', arguments: { query: 'subject:again' } }],
      { text: 'Read.' },
    ]),
  });
  expect(await worker.ended(id)).toMatchObject({ status: 'completed' });
  const step = (await worker.steps(id)).find(({ type }) => type === 'tool_call');
  expect(step).toMatchObject({ status: 'succeeded', attempts: 2 });
});

test('a write that provably did not happen is made again', async () => {
  const recipient = 'limited@example.com';
  worker.control.addFault({
    match: { operation: 'ExecuteTool', argumentsInclude: recipient },
    effect: { kind: 'grpc_status', code: 'ResourceExhausted', toolErrorCode: 'RATE_LIMITED' },
  });
  const id = await worker.post({ prompt: scripted([[send(recipient)], { text: 'Sent.' }]) });
  expect(await worker.ended(id)).toMatchObject({ status: 'completed', text: 'Sent.' });
  expect(sentTo(recipient)).toHaveLength(1);
});

test.each([
  ['that reads is claimed with the reply, and the turn after it with its outcome', 'reads', 5],
  ['that writes is claimed by itself, right before it is made', 'writes', 6],
])('a call %s', async (_name, effect, commits) => {
  const call =
    effect === 'reads' ? { tool: 'gmail_get_profile', arguments: {} } : send('commits@example.com');
  const prompt = scripted([[call], { text: 'Done.' }]);
  const id = await worker.post({ prompt, user: `commits-${effect}` });
  const { status, job } = await worker.ended(id);
  expect(status).toBe('completed');
  // The admission, the first turn's claim, the reply, the outcome, the answer; and what is claimed by itself.
  expect(job.sequence).toBe(commits);
  const view = (await worker.steps(id)).filter(({ type }) => type === 'tool_call');
  expect(view).toMatchObject([{ status: 'succeeded', attempts: 1 }]);
});
