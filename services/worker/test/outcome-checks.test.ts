import { shippedChecks } from '@pawl/providers';
import { testRedis } from '@pawl/testing';
import { expect, test } from 'vitest';
import { scripted, startTestWorker } from './harness/start-test-worker.ts';

// The first check for a tool counts: this one stands for an operator's own.
const ownCheck = {
  tool: 'slack_send_me_message',
  look: { tool: 'slack_fetch_conversation_history', arguments: { channel: '{/channel}' } },
  found: { in: ['/messages'], where: [{ at: ['/text'], equals: '{/text}' }] },
  wait_seconds: 0,
  absent_means_not_done: true,
};
const checks = [...shippedChecks.map((check) => ({ ...check, wait_seconds: 0 })), ownCheck];
const worker = await startTestWorker(testRedis(), {
  tasks: { checks },
  rules: { toolTimeout: 300 },
});

const connections = ['gmail', 'github', 'slack'];

function loseAnswer(argumentsInclude: string, when: 'after-effect' | 'before-effect') {
  worker.control.addFault({
    match: { operation: 'ExecuteTool', argumentsInclude },
    when,
    // A dropped connection would take the calls beside it along.
    effect: { kind: 'grpc_status', code: 'Unavailable' },
  });
}

const performed = (text: string) =>
  worker.control
    .effects()
    .items.filter(({ arguments: input }) => JSON.stringify(input).includes(text)).length;

async function callOf(id: string) {
  const step = (await worker.steps(id)).find(({ type }) => type === 'tool_call');
  if (step?.type !== 'tool_call') throw new Error('it made no call');
  return step;
}

const issue = { owner: 'acme', repo: 'api' };

test.each([
  [
    'a mail',
    'gmail_send_message',
    { to: 'checked@example.com', subject: 'Checked', body: 'Sent\nonce.' },
    'checked@example.com',
  ],
  [
    'an issue',
    'github_issue_create',
    { ...issue, title: 'Looked up', body: 'It is there.' },
    'Looked up',
  ],
  [
    'a message',
    'slack_send_message',
    { channel: 'general', text: 'Said once, and looked up.' },
    'Said once',
  ],
] as const)(
  '%s whose answer was lost is found, and the job goes on with what proves it',
  async (_name, tool, input, mark) => {
    loseAnswer(mark, 'after-effect');
    const id = await worker.post({
      prompt: scripted([[{ tool, arguments: input }], { text: 'Done.' }]),
      connections,
    });
    expect(await worker.ended(id)).toMatchObject({ status: 'completed', text: 'Done.' });
    expect(await callOf(id)).toMatchObject({
      status: 'succeeded',
      output: { note: expect.stringContaining('took effect'), evidence: expect.anything() },
    });
    expect(performed(mark)).toBe(1);
  },
);

test('a reply, a comment and labels are found on what they were made on', async () => {
  const [thread, number] = await Promise.all([firstThread(), firstIssue()]);
  const calls = [
    { tool: 'gmail_reply_to_thread', arguments: { ...thread, body: 'Thanks, looked up.' } },
    {
      tool: 'github_issue_comment_create',
      arguments: { ...issue, issue_number: number, body: 'A comment that is looked up.' },
    },
    {
      tool: 'github_issue_labels_add',
      arguments: { ...issue, issue_number: number, labels: ['looked-up-label'] },
    },
  ];
  for (const mark of ['Thanks, looked up', 'comment that is looked', 'looked-up-label']) {
    loseAnswer(mark, 'after-effect');
  }
  const id = await worker.post({ prompt: scripted([calls, { text: 'Done.' }]), connections });
  expect(await worker.ended(id)).toMatchObject({ status: 'completed' });
  const steps = (await worker.steps(id)).filter(({ type }) => type === 'tool_call');
  expect(steps.map((step) => [step.status, step.output])).toEqual(
    calls.map(() => ['succeeded', expect.objectContaining({ evidence: expect.anything() })]),
  );
});

async function readBy(tool: string, input: object): Promise<string> {
  const prompt = scripted([[{ tool, arguments: input }], { text: 'Read.' }]);
  const id = await worker.post({ prompt, connections });
  await worker.ended(id);
  return JSON.stringify((await callOf(id)).output);
}

async function firstThread() {
  const shown = await readBy('gmail_list_threads', { max_results: 1 });
  const [, thread = ''] = /"id":"([^"]+)"/.exec(shown) ?? [];
  return { thread_id: thread, to: 'someone@example.com' };
}

async function firstIssue(): Promise<number> {
  const shown = await readBy('github_issues_list', { ...issue, per_page: 1 });
  return Number(/"number":(\d+)/.exec(shown)?.[1]);
}

test('what is not found is asked about, with what was looked for, and never made again', async () => {
  loseAnswer('never@example.com', 'before-effect');
  const mail = { to: 'never@example.com', subject: 'Never', body: 'Never sent.' };
  const id = await worker.post({
    prompt: scripted([[{ tool: 'gmail_send_message', arguments: mail }], { text: 'Asked.' }]),
  });
  const job = await worker.until(id, ({ phase }) => {
    const step = phase.name === 'calls' ? phase.calls[0]?.step : undefined;
    return step?.status === 'unknown' && step.lookup === undefined;
  });
  expect(job.phase).toMatchObject({
    calls: [{ step: { reason: expect.stringMatching(/not found: gmail_fetch_mails .*in:sent/) } }],
  });
  expect((await callOf(id)).error?.message).toContain('in:sent');
  expect(performed('never@example.com')).toBe(0);
});

test('of two calls that are alike, the proof of one is none of the other', async () => {
  const mail = { to: 'twins@example.com', subject: 'Twins', body: 'Alike.' };
  const call = { tool: 'gmail_send_message', arguments: mail };
  // The first to come is lost before it has its effect, the other one is answered.
  loseAnswer('twins@example.com', 'before-effect');
  const id = await worker.post({ prompt: scripted([[call, call], { text: 'Sent.' }]) });
  const job = await worker.until(
    id,
    ({ phase }) =>
      phase.name === 'calls' &&
      phase.calls.every(
        ({ step }) =>
          step.status === 'settled' || (step.status === 'unknown' && step.lookup === undefined),
      ),
  );
  const steps = job.phase.name === 'calls' ? job.phase.calls.map(({ step }) => step.status) : [];
  expect(steps.toSorted()).toEqual(['settled', 'unknown']);
  expect(performed('twins@example.com')).toBe(1);
});

test('a look that fails is made again', async () => {
  loseAnswer('again@checked.example', 'after-effect');
  worker.control.addFault({
    match: { operation: 'ExecuteTool', argumentsInclude: 'in:sent' },
    effect: { kind: 'grpc_status', code: 'Unavailable' },
  });
  const mail = { to: 'again@checked.example', subject: 'Again', body: 'Looked up twice.' };
  const id = await worker.post({
    prompt: scripted([[{ tool: 'gmail_send_message', arguments: mail }], { text: 'Sent.' }]),
  });
  expect(await worker.ended(id)).toMatchObject({ status: 'completed' });
  expect(performed('again@checked.example')).toBe(1);
});

test('where absence means that it was not done, the call is made again, and once in all', async () => {
  loseAnswer('made again', 'before-effect');
  const message = { channel: 'general', text: 'It is made again.' };
  const id = await worker.post({
    prompt: scripted([[{ tool: ownCheck.tool, arguments: message }], { text: 'Said.' }]),
    connections,
  });
  expect(await worker.ended(id)).toMatchObject({ status: 'completed' });
  expect(await callOf(id)).toMatchObject({ status: 'succeeded', attempts: 2 });
  expect(performed('made again')).toBe(1);
});

test('a job that wants people to be asked has nothing looked up', async () => {
  loseAnswer('asked@example.com', 'after-effect');
  const mail = { to: 'asked@example.com', subject: 'Ask', body: 'Ask me.' };
  const id = await worker.post({
    prompt: scripted([[{ tool: 'gmail_send_message', arguments: mail }], { text: 'Sent.' }]),
    on_unknown_outcome: 'ask',
  });
  await worker.until(
    id,
    ({ phase }) => phase.name === 'calls' && phase.calls[0]?.step.status === 'unknown',
  );
  expect(
    worker.control.toolRequests().items.filter(({ agentRunId }) => agentRunId === id),
  ).toHaveLength(1);
});
