import { expect, test } from 'vitest';
import {
  aCall,
  aJob,
  aTurn,
  completedTurn,
  failedCall,
  runningCall,
  succeededCall,
  waitingFor,
} from '../../test/job-fixtures.ts';
import type { Snapshot } from './snapshot.ts';
import { linesBetween } from './status-lines.ts';

const link = 'http://localhost:3000/connect/token';
const running = aJob({ status: 'in_progress', sequence: 3 });
const started: Snapshot = { job: running, steps: [aTurn()] };

function told(previous: Snapshot | undefined, next: Snapshot): string[] {
  return linesBetween(previous, next).map(({ text }) => text);
}

test('first what the job was posted with', () => {
  expect(told(undefined, { job: aJob(), steps: [] })).toEqual([
    'Connection:   gmail',
    'Identifier:   user_123',
    'Model:        openai/gpt-4o-mini',
    'Prompt:       Fetch my mails.',
    'Job:          job_0_abc',
    'Conversation: conv_0_abc',
  ]);
});

test('several connections are all named, and a prompt cannot pass for lines of ours', () => {
  const job = aJob({ connections: ['gmail', 'slack'], prompt: 'Hi\n\nFinal answer:\u001b[2J' });
  const lines = told(undefined, { job, steps: [] });
  expect(lines).toContain('Connections:  gmail, slack');
  expect(lines).toContain('Prompt:       Hi Final answer:');
});

test('the authorization link, once', () => {
  const waiting: Snapshot = { job: aJob(waitingFor('gmail', link)), steps: [] };
  expect(told(started, waiting)).toEqual([
    '',
    'Authorization required.',
    'Open this link and complete the flow:',
    '',
    link,
    '',
    'Waiting for callback on http://localhost:3000/callback ...',
  ]);
  expect(told(waiting, waiting)).toEqual([]);
});

test('a gateway below a path has its callback there too', () => {
  const job = aJob(waitingFor('gmail', 'https://example.com/pawl/connect/token'));
  expect(told(started, { job, steps: [] }).at(-1)).toContain('https://example.com/pawl/callback');
});

test('a renewed link is shown again', () => {
  const waiting: Snapshot = { job: aJob(waitingFor('gmail', link)), steps: [] };
  const renewed: Snapshot = { job: aJob(waitingFor('gmail', `${link}2`)), steps: [] };
  expect(told(waiting, renewed)).toContain(`${link}2`);
});

test('the account that became active, then the next one that is needed', () => {
  const both = { connections: ['gmail', 'github'] };
  const first: Snapshot = { job: aJob({ ...both, ...waitingFor('gmail', link) }), steps: [] };
  const second: Snapshot = {
    job: aJob({ ...both, ...waitingFor('github', `${link}2`) }),
    steps: [],
  };
  const lines = told(first, second);
  expect(lines[0]).toBe('Connected account for gmail is now active.');
  expect(lines).toContain('Authorization required for github.');
});

test('the job goes on once the account is active', () => {
  const waiting: Snapshot = { job: aJob(waitingFor('gmail', link)), steps: [] };
  expect(told(waiting, started)).toEqual(['Connected account is now active.']);
});

test.each(['cancelled', 'expired'] as const)(
  'a job that was %s while it waited says nothing of the account',
  (status) => {
    const waiting: Snapshot = { job: aJob(waitingFor('gmail', link)), steps: [] };
    expect(told(waiting, { job: aJob({ status }), steps: [] }).join()).not.toContain('active');
  },
);

test('a reply with tool calls, and each call with its arguments when it starts', () => {
  const next = {
    job: running,
    steps: [completedTurn(), runningCall(), aCall({ index: 1, tool: 'gmail_search' })],
  };
  expect(told(started, next)).toEqual([
    'Loaded 17 scoped tools from Scalekit.',
    'Model requested 2 tool call(s).',
    '',
    '→ Executing gmail_fetch_mails',
    '  args: {"max_results":5}',
  ]);
  const later = {
    job: running,
    steps: [completedTurn(), succeededCall(), runningCall({ index: 1, tool: 'gmail_search' })],
  };
  expect(told(next, later)).toEqual(['', '→ Executing gmail_search', '  args: {"max_results":5}']);
});

test('the tools are counted once, not at every turn', () => {
  const first = { job: running, steps: [completedTurn(), succeededCall()] };
  const second = { job: running, steps: [...first.steps, completedTurn({ turn: 1 })] };
  expect(told(first, second)).toEqual([]);
  expect(told(started, second).filter((text) => text.startsWith('Loaded'))).toHaveLength(1);
});

test('one look after everything happened tells it all in its order', () => {
  const job = aJob({ status: 'completed', result: { text: 'You have mail.' } });
  const steps = [completedTurn(), succeededCall(), completedTurn({ turn: 1 })];
  expect(told(undefined, { job, steps }).slice(6)).toEqual([
    'Loaded 17 scoped tools from Scalekit.',
    'Model requested 1 tool call(s).',
    '',
    '→ Executing gmail_fetch_mails',
    '  args: {"max_results":5}',
    '',
    'Final answer:',
    '',
    'You have mail.',
  ]);
});

test('a call that failed, with its error, once', () => {
  const before = { job: running, steps: [completedTurn(), runningCall()] };
  const after = { job: running, steps: [completedTurn(), failedCall('No such\nlabel.')] };
  expect(told(before, after)).toEqual([
    '  ✗ gmail_fetch_mails failed: No such label. (tool_failed)',
  ]);
  expect(told(after, after)).toEqual([]);
});

test('a call that is started again is not told twice', () => {
  const before = { job: running, steps: [completedTurn(), runningCall()] };
  const retried = {
    job: running,
    steps: [completedTurn(), runningCall({ attempts: 2, started_at: '2026-03-01T12:00:09.000Z' })],
  };
  expect(told(before, retried)).toEqual([]);
});

test('a call that was refused never started', () => {
  const refused = failedCall('max_results must be a number.', {
    status: 'refused',
    started_at: null,
  });
  const before = { job: running, steps: [completedTurn(), aCall()] };
  expect(told(before, { job: running, steps: [completedTurn(), refused] })).toEqual([
    '  ✗ gmail_fetch_mails was not executed: max_results must be a number. (tool_failed)',
  ]);
});

test('arguments cannot steer the terminal, and long ones are cut', () => {
  const before = { job: running, steps: [completedTurn(), aCall()] };
  const argumentsOf = (input: Record<string, string>) =>
    told(before, { job: running, steps: [completedTurn(), runningCall({ input })] })[2];
  expect(argumentsOf({ q: '\u009b2J\u001b[2J' })).toBe(
    String.raw`  args: {"q":"\u009b2J\u001b[2J"}`,
  );
  expect(argumentsOf({ q: 'x'.repeat(100_000) })).toMatch(/… \(100008 characters in all\)$/);
});

test('a model call that failed and is made again, once for each reason', () => {
  const error = { code: 'rate_limited', message: 'Too many requests.', retryable: true };
  const failing = { job: running, steps: [aTurn({ status: 'ready', error })] };
  const again = { job: running, steps: [aTurn({ attempts: 2, error })] };
  expect(told(started, failing)).toEqual([
    'The model call failed: Too many requests. (rate_limited)',
  ]);
  expect(told(failing, again)).toEqual([]);
});

test('an unknown outcome says how to settle it', () => {
  const approval = {
    id: 'apr_0_abc-0-0-3',
    tool: 'gmail_send_message',
    input: { to: 'a@b.c' },
    effect: 'writes' as const,
  };
  const job = aJob({
    status: 'requires_action',
    required_action: { type: 'resolve_tool_outcome', approvals: [approval] },
  });
  const steps = [completedTurn(), runningCall({ status: 'unknown', tool: 'gmail_send_message' })];
  const before = {
    job: running,
    steps: [completedTurn(), runningCall({ tool: 'gmail_send_message' })],
  };
  const lines = told(before, { job, steps });
  expect(lines).toContain('  ? It is not known whether gmail_send_message had its effect.');
  expect(lines).toContain('  args: {"to":"a@b.c"}');
  expect(lines).toContain('  decide with POST /v1/approvals/apr_0_abc-0-0-3');
  expect(told({ job, steps }, { job, steps })).toEqual([]);
});

test('an empty answer is said to be empty', () => {
  const job = aJob({ status: 'completed', result: { text: '' } });
  expect(told(started, { job, steps: [] }).at(-1)).toBe('(The model gave an empty answer.)');
});

test('an answer keeps its lines and loses its escape sequences', () => {
  const job = aJob({ status: 'completed', result: { text: 'One\n\u001b]0;x\u0007Two' } });
  expect(told(started, { job, steps: [] }).at(-1)).toBe('One\nTwo');
});

test.each([
  [
    aJob({ status: 'incomplete', stop_reason: 'turns', result: { text: 'So far.' } }),
    [
      '',
      'Partial answer:',
      '',
      'So far.',
      '',
      'The job stopped before its end: it reached its limit of turns.',
    ],
  ],
  [
    aJob({
      status: 'failed',
      error: {
        code: 'wrong_key',
        message: 'The key is wrong.',
        retryable: false,
        detail: 'HTTP 401',
      },
    }),
    ['', 'The job failed: The key is wrong. (wrong_key)', '  HTTP 401'],
  ],
  [aJob({ status: 'cancelled' }), ['', 'The job was cancelled.']],
  [
    aJob({
      status: 'expired',
      error: { code: 'deadline_exceeded', message: 'Too late.', retryable: true },
    }),
    ['', 'The job expired: Too late. (deadline_exceeded)'],
  ],
])('an ending without an answer says why, once: $status', (job, lines) => {
  const ended = { job, steps: started.steps };
  expect(told(started, ended)).toEqual(lines);
  expect(told(ended, ended)).toEqual([]);
});
