import type { Agent, ApiKey, Approval, CreatedApiKey, Job, Schedule, Trigger } from '@pawl/client';
import { startStack, waitFor } from '@pawl/testing';
import { expect, test } from 'vitest';
import type { Finding } from '../src/doctor/findings.ts';
import { startAgainst, type Run } from './run-against.ts';

const stack = startStack();

async function pawl(words: readonly string[], input?: string) {
  const run = startAgainst(stack.url(), words, input === undefined ? {} : { input });
  const code = await run.exitCode;
  return { code, text: run.stdout.text, problem: run.stderr.text };
}

async function json<Answer>(words: readonly string[], input?: string): Promise<Answer> {
  const { code, text, problem } = await pawl([...words, '--json'], input);
  expect({ code, problem }).toMatchObject({ code: 0 });
  return JSON.parse(text) as Answer;
}

interface List<Item> {
  readonly data: readonly Item[];
  readonly has_more: boolean;
}

const mail =
  'Send an email to bob@example.com with the subject "Thanks" and the body "Thank you!".';
const post = async (prompt: string, ...flags: string[]) =>
  json<Job>(['run', prompt, '--user', 'user_123', ...flags]);

test('jobs are found by text, shown with their steps, and erased', async () => {
  const job = await post('Fetch my last 5 unread emails, the reds first.', '--connection', 'gmail');
  const found = await json<List<Job>>(['jobs', 'list', '--search', 'REDS FIRST']);
  expect(found.data.map(({ id }) => id)).toEqual([job.id]);

  const list = await pawl(['jobs', '--status', 'completed', '--user', 'user_123']);
  expect(list.text).toMatch(/^id +status +created +user +prompt\n/);
  expect(list.text).toContain(`${job.id}  completed`);
  const shown = await pawl(['jobs', 'show', job.id]);
  expect(shown.text).toContain('turn 0: completed');
  expect(shown.text).toMatch(/gmail_\w+: succeeded/);

  expect(await pawl(['jobs', 'delete', job.id])).toMatchObject({
    code: 0,
    text: `${job.id} is erased.\n`,
  });
  const gone = await pawl(['jobs', 'show', job.id]);
  expect([gone.code, gone.text]).toEqual([1, '']);
  expect(gone.problem).toContain('404 not_found');
});

test('a list says that there is more', async () => {
  await post('One of two.');
  await post('Two of two.');
  const list = await json<List<Job>>(['jobs', 'list', '--search', 'of two', '--limit', '1']);
  expect([list.data.length, list.has_more]).toEqual([1, true]);
  const { text } = await pawl(['jobs', 'list', '--search', 'of two', '--limit', '1']);
  expect(text).toContain('There are more');
});

test('a call that waits is listed, and made with the arguments of the person', async () => {
  const { id: agent } = { id: 'asking' };
  const body = JSON.stringify({ connections: ['gmail'], tools: { approve: 'writes' } });
  await json<Agent>(['agents', 'create', agent, '--file', '-'], body);
  const schedule = await json<Schedule>([
    'schedules',
    'create',
    '--cron',
    '0 0 1 1 *',
    '--agent',
    agent,
    '--user',
    'user_123',
    '--prompt',
    mail,
  ]);
  const job = await json<Job>(['schedules', 'run', schedule.id]);
  const approval = await waitFor(async () => {
    const { data } = await json<List<Approval>>(['approve', '--user', 'user_123']);
    return data.find((each) => each.job === job.id);
  });
  const shown = await pawl(['approve', approval.id, '--show']);
  expect(shown.text).toContain('"to": "bob@example.com"');

  const edited = JSON.stringify({ ...approval.input, subject: 'Many thanks' });
  const decided = await json<Approval>(['approve', approval.id, '--edit', edited]);
  expect(decided).toMatchObject({ status: 'decided', decision: { decision: 'edit' } });
  const other = await pawl(['approve', approval.id, '--reject', 'No.']);
  expect([other.code, other.problem.includes('409 approval_decided')]).toEqual([1, true]);
  await waitFor(async () => (await json<Job>(['jobs', 'show', job.id])).status === 'completed');
  await json(['schedules', 'delete', schedule.id]);
  await json(['agents', 'delete', agent]);
});

test('watching a job ends with it, and with --json each line is an event', async () => {
  const job = await post('Say hello.');
  const watched = await pawl(['watch', job.id]);
  expect(watched.code).toBe(0);
  expect(watched.text).toMatch(/job\.queued[^]*turn\.started[^]*job\.completed/);
  const lines = (await pawl(['watch', job.id, '--json'])).text.trim().split('\n');
  const events = lines.map((line) => JSON.parse(line) as { type: string });
  expect(events.at(-1)?.type).toBe('job.completed');
});

test('watching everything goes on until Ctrl-C', async () => {
  const watching: Run = startAgainst(stack.url(), ['watch', '--user', 'user_123']);
  await waitFor(() => watching.stdout.text.includes('Watching'));
  const job = await json<Job>(['run', 'Say hello.', '--user', 'user_123']);
  await waitFor(() => watching.stdout.text.includes(`${job.id}  job.completed`));
  watching.signals.emit('SIGINT');
  expect(await watching.exitCode).toBe(130);
  expect(watching.stderr.text).toBe('');
});

test('agents are made by flags, changed and deleted', async () => {
  const made = await pawl([
    'agents',
    'create',
    'triage',
    '--instructions',
    'Sort.',
    '--connection',
    'gmail',
  ]);
  expect(made.text).toBe('triage is made, version 1.\n');
  const changed = await json<Agent>(['agents', 'update', 'triage', '--description', 'Sorts mail.']);
  expect(changed).toMatchObject({
    version: '2',
    instructions: 'Sort.',
    description: 'Sorts mail.',
  });
  expect((await pawl(['agents'])).text).toMatch(/triage +2 +api/);
  expect((await pawl(['agents', 'delete', 'triage'])).text).toBe('triage is deleted.\n');
});

test('a schedule is paused and resumed, and its times are shown before it is made', async () => {
  const preview = await pawl([
    'schedules',
    'preview',
    '--cron',
    '0 8 * * MON',
    '--timezone',
    'Europe/Berlin',
  ]);
  expect(preview.text.trim().split('\n')).toHaveLength(5);
  const { id } = await json<Schedule>([
    'schedules',
    'create',
    '--every',
    '3600',
    '--prompt',
    'Hello!',
  ]);
  expect((await pawl(['schedules', 'pause', id])).text).toBe(`${id} is paused.\n`);
  expect((await pawl(['schedules', 'resume', id])).text).toBe(`${id} is active.\n`);
  expect((await pawl(['schedules'])).text).toContain('every 3600 s');
  await json(['schedules', 'delete', id]);
});

test('a trigger takes an event, and its log is shown', async () => {
  const secret = 'a secret of sixteen';
  const body = {
    job: { prompt: 'x', user: 'user_123' },
    template: 'It says {{/text}}',
    verify: { type: 'bearer', secret: secret.replaceAll(' ', '-') },
  };
  const {
    job: { user },
  } = body;
  const trigger = await json<Trigger>(
    ['triggers', 'create', '--file', '-'],
    JSON.stringify({ ...body, job: { user } }),
  );
  const sent = await fetch(trigger.url, {
    method: 'POST',
    headers: { authorization: `Bearer ${body.verify.secret}`, 'content-type': 'application/json' },
    body: JSON.stringify({ text: 'hello' }),
  });
  expect(sent.status).toBe(202);
  expect((await pawl(['triggers', 'events', trigger.id])).text).toMatch(/accepted +job_/);
  expect((await pawl(['triggers', 'disable', trigger.id])).text).toBe(`${trigger.id} is off.\n`);
  await json(['triggers', 'delete', trigger.id]);
});

test('accounts are listed, and a link is made', async () => {
  expect((await pawl(['accounts', '--user', 'user_123'])).text).toMatch(/gmail +active/);
  const link = await pawl(['accounts', 'link', 'slack', '--user', 'user_9']);
  expect(link.text).toMatch(/^http:\/\/\S+\/connect\/\S+\n/);
});

test('the doctor says what is well, what is not configured, and how to mend what is wrong', async () => {
  const healthy = await json<{ healthy: boolean; findings: Finding[] }>(['doctor']);
  expect(healthy.healthy).toBe(true);
  expect(healthy.findings.map(({ name, status }) => [name, status])).toEqual([
    ['gateway', 'ok'],
    ['API key', 'ok'],
    ['clock', 'ok'],
    ['Redis', 'skipped'],
    ['Scalekit', 'skipped'],
    ['model', 'skipped'],
  ]);
  const nowhere = 'http://127.0.0.1:9';
  const ill = startAgainst(stack.url(), ['doctor'], {
    environment: {
      REDIS_URL: 'redis://127.0.0.1:9',
      SCALEKIT_ENVIRONMENT_URL: nowhere,
      SCALEKIT_CLIENT_ID: 'nobody',
      FASTROUTER_BASE_URL: nowhere,
      FASTROUTER_API_KEY: 'the-secret-key',
    },
    now: () => Date.now() - 600_000,
  });
  expect(await ill.exitCode).toBe(1);
  expect(ill.stdout.text).toMatch(/✗ clock: .* 600 s apart\.\n {2}→ Set both by NTP/);
  expect(ill.stdout.text).toMatch(/✗ Redis: .*\n {2}→ Is it running/);
  expect(ill.stdout.text).toContain('✗ Scalekit: SCALEKIT_CLIENT_SECRET is missing.');
  expect(ill.stdout.text).toMatch(/✗ model: .*\n {2}→ Check FASTROUTER_BASE_URL/);
  expect(ill.stdout.text).not.toContain('the-secret-key');
});

test.each([
  [['jobs', 'list', '--limit', '0'], 'whole number'],
  [['jobs', 'list', '--metadata', 'team'], 'key=value'],
  [['approve', 'apr_0_a-0-0-1', '--edit', '{'], 'JSON'],
  [['approve', 'apr_0_a-0-0-1', '--edit', '[1]'], 'JSON object'],
  [['approve', 'apr_0_a-0-0-1', '--reject', 'No.', '--respond', '1'], 'one of'],
  [['agents', 'create', 'empty'], '--file'],
  [['agents', 'create', 'a', '--file', '/nowhere.json'], 'cannot be read: ENOENT'],
  [['triggers', 'create'], '--file'],
  [['accounts'], '--user'],
  [['nonsense'], 'unknown command'],
])('%j is a wrong command line: exit code 2, and nothing was asked', async (words, sentence) => {
  const run = startAgainst('http://127.0.0.1:9', words);
  expect(await run.exitCode).toBe(2);
  expect(run.stderr.text).toContain(sentence);
});

// The last one: afterwards every request needs a key.
test('keys are made, listed without their secrets, and revoked', async () => {
  const admin = await json<CreatedApiKey>(['keys', 'create', 'admin']);
  const withKey = (words: readonly string[]) =>
    startAgainst(stack.url(), words, { environment: { PAWL_API_KEY: admin.key } });
  const made = withKey([
    'keys',
    'create',
    'reporting',
    '--scope',
    'jobs:read',
    '--requests-per-minute',
    '60',
  ]);
  expect(await made.exitCode).toBe(0);
  expect(made.stdout.text).toMatch(/^pawl_\w+\n$/);
  const list = withKey(['keys', '--json']);
  expect(await list.exitCode).toBe(0);
  const { data } = JSON.parse(list.stdout.text) as List<ApiKey>;
  expect(data.map(({ name }) => name)).toEqual(['admin', 'reporting']);
  expect(list.stdout.text).not.toContain(made.stdout.text.trim());
  const revoked = withKey(['keys', 'revoke', data[1]?.id ?? '']);
  expect(await revoked.exitCode).toBe(0);
  const without = await pawl(['jobs']);
  expect([without.code, without.problem.includes('Set PAWL_API_KEY')]).toEqual([1, true]);
});
