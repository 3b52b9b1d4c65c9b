import { expect, test } from 'vitest';
import { Job, type JobStatus } from '@pawl/contracts';
import type { Stage } from './fake-gateway.ts';
import { gatewayWith } from './fake-gateway.ts';
import {
  aCall,
  aJob,
  aTurn,
  completedTurn,
  failedCall,
  runningCall,
  succeededCall,
} from './job-fixtures.ts';
import { runAgainst } from './run-against.ts';

const calls = [runningCall(), aCall({ index: 1, id: 'call_2', tool: 'gmail_search' })];
const finished = [
  completedTurn(),
  succeededCall(),
  failedCall('No such label.', { index: 1, id: 'call_2', tool: 'gmail_search' }),
  completedTurn({ turn: 1 }),
];

const wholeJourney: readonly Stage[] = [
  { snapshot: { job: aJob(), steps: [] } },
  { snapshot: { job: aJob({ status: 'in_progress', sequence: 2 }), steps: [aTurn()] } },
  {
    snapshot: {
      job: aJob({ status: 'in_progress', sequence: 3 }),
      steps: [completedTurn(), ...calls],
    },
  },
  {
    snapshot: {
      job: aJob({ status: 'completed', sequence: 7, result: { text: 'You have mail.' } }),
      steps: finished,
    },
  },
];

test('a prompt is posted, followed and answered, in plain lines', async () => {
  const gateway = await gatewayWith({ stages: wholeJourney });
  const run = runAgainst(gateway.url);
  expect(await run.exitCode).toBe(0);
  expect(run.stdout.text).toBe(
    [
      'Connection:   gmail',
      'Identifier:   user_123',
      'Model:        openai/gpt-4o-mini',
      'Prompt:       Fetch my mails.',
      'Job:          job_0_abc',
      'Conversation: conv_0_abc',
      'Loaded 17 scoped tools from Scalekit.',
      'Model requested 2 tool call(s).',
      '',
      '→ Executing gmail_fetch_mails',
      '  args: {"max_results":5}',
      '',
      '→ Executing gmail_search',
      '  args: {"max_results":5}',
      '  ✗ gmail_search failed: No such label. (tool_failed)',
      '',
      'Final answer:',
      '',
      'You have mail.',
      '',
    ].join('\n'),
  );
  expect(run.stderr.text).toBe('');
  expect(run.signals.eventNames()).toEqual([]);
});

test('what is not given is left to the gateway', async () => {
  const gateway = await gatewayWith({ stages: wholeJourney });
  await runAgainst(gateway.url, { words: [], environment: { USER_PROMPT: 'Count my mails.' } })
    .exitCode;
  expect(gateway.posted.map(({ body }) => body)).toEqual([{ prompt: 'Count my mails.' }]);
});

test('every flag reaches the gateway, and so does the key', async () => {
  const gateway = await gatewayWith({ stages: wholeJourney, apiKey: 'key-1' });
  const words = 'Hello --connection gmail --connection slack --user ann --model m/1'.split(' ');
  const run = runAgainst('http://127.0.0.1:9', {
    words: [...words, '--conversation', 'conv_0_abc', '--url', gateway.url],
    environment: { PAWL_API_KEY: 'key-1' },
  });
  expect(await run.exitCode).toBe(0);
  expect(gateway.posted[0]?.body).toEqual({
    prompt: 'Hello',
    connections: ['gmail', 'slack'],
    user: 'ann',
    model: 'm/1',
    conversation: 'conv_0_abc',
  });
});

test('as JSON: the job with its steps on stdout, the journey on stderr', async () => {
  const gateway = await gatewayWith({ stages: wholeJourney });
  const run = runAgainst(gateway.url, { words: ['Fetch my mails.', '--json'] });
  expect(await run.exitCode).toBe(0);
  const printed: unknown = JSON.parse(run.stdout.text);
  expect(Job.parse(printed).result).toEqual({ text: 'You have mail.' });
  expect(printed).toMatchObject({ steps: finished });
  expect(run.stderr.text).toContain('→ Executing gmail_fetch_mails');
});

test.each<[JobStatus, number]>([
  ['completed', 0],
  ['failed', 3],
  ['incomplete', 4],
  ['cancelled', 5],
  ['expired', 6],
])('a job that is %s ends with exit code %i', async (status, exitCode) => {
  const job = aJob({ status, sequence: 2, stop_reason: 'turns' });
  const gateway = await gatewayWith({
    stages: [{ snapshot: { job: aJob(), steps: [] } }, { snapshot: { job, steps: [] } }],
  });
  expect(await runAgainst(gateway.url).exitCode).toBe(exitCode);
});

test('a job that had ended before it was looked at is told at once', async () => {
  const job = aJob({ status: 'completed', sequence: 9, result: { text: 'Done.' } });
  const gateway = await gatewayWith({ stages: [{ snapshot: { job, steps: [] } }] });
  const run = runAgainst(gateway.url);
  expect(await run.exitCode).toBe(0);
  expect(run.stdout.text).toContain('Final answer:\n\nDone.\n');
  expect(gateway.requests).toEqual(['POST /v1/jobs', 'GET /v1/jobs/job_0_abc/steps']);
});
