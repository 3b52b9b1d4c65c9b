import { createGate } from '@pawl/testing';
import { expect, test } from 'vitest';
import { FakeTerminal } from './fake-terminal.ts';
import { gatewayWith } from './fake-gateway.ts';
import { aJob, aTurn, completedTurn, runningCall } from './job-fixtures.ts';
import { runAgainst } from './run-against.ts';
import { unusedOrigin } from './serve.ts';

const ESCAPE = '\u001b';

const posted = { snapshot: { job: aJob(), steps: [] } };
const asking = {
  snapshot: { job: aJob({ status: 'in_progress', sequence: 2 }), steps: [aTurn()] },
};
const calling = {
  snapshot: {
    job: aJob({ status: 'in_progress', sequence: 3 }),
    steps: [completedTurn(), runningCall({ tool: `gmail${ESCAPE}[2J_fetch` })],
  },
};
const completed = {
  snapshot: {
    job: aJob({ status: 'completed', sequence: 4, result: { text: `${ESCAPE}[31mDone.` } }),
    steps: [],
  },
};

test('a terminal shows the current step and the time, and keeps only the journey', async () => {
  const reply = createGate();
  const result = createGate();
  const clock = { time: 5_000 };
  const gateway = await gatewayWith({
    stages: [
      posted,
      asking,
      { ...calling, when: reply.opened },
      { ...completed, when: result.opened },
    ],
  });
  const terminal = new FakeTerminal({ hasColors: false });
  const run = runAgainst(gateway.url, { stdout: terminal, now: () => clock.time });

  clock.time += 65_000;
  await expect.poll(() => terminal.screen().at(-1)).toMatch(/Asking the model \(1m 05s\)$/);
  reply.open();
  await expect.poll(() => terminal.screen().at(-1)).toMatch(/Running gmail_fetch \(1m 05s\)$/);
  result.open();

  expect(await run.exitCode).toBe(0);
  expect(terminal.screen()).toEqual([
    'Connection:   gmail',
    'Identifier:   user_123',
    'Model:        openai/gpt-4o-mini',
    'Prompt:       Fetch my mails.',
    'Job:          job_0_abc',
    'Conversation: conv_0_abc',
    'Loaded 17 scoped tools from Scalekit.',
    'Model requested 1 tool call(s).',
    '',
    '→ Executing gmail_fetch',
    '  args: {"max_results":5}',
    '',
    'Final answer:',
    '',
    'Done.',
    '',
  ]);
  // The cursor is back, and no colour was used.
  expect(terminal.text.lastIndexOf(`${ESCAPE}[?25h`)).toBeGreaterThan(
    terminal.text.lastIndexOf(`${ESCAPE}[?25l`),
  );
  expect(terminal.text).not.toContain(`${ESCAPE}[3`);
});

test('colours are ours only', async () => {
  const gateway = await gatewayWith({ stages: [posted, completed] });
  const terminal = new FakeTerminal({ hasColors: true });
  expect(await runAgainst(gateway.url, { stdout: terminal }).exitCode).toBe(0);
  expect(terminal.text).toContain(`${ESCAPE}[1mFinal answer:${ESCAPE}[22m`);
  expect(terminal.text).toContain('\nDone.\n');
});

test.each([{ TERM: 'dumb' }, { CI: 'true' }])(
  'a terminal with %j gets plain lines',
  async (environment) => {
    const gateway = await gatewayWith({ stages: [posted, completed] });
    const terminal = new FakeTerminal({ hasColors: true });
    expect(await runAgainst(gateway.url, { stdout: terminal, environment }).exitCode).toBe(0);
    expect(terminal.text).not.toContain(ESCAPE);
  },
);

test('a pseudo-terminal without a window counts as one of 80 columns', async () => {
  const gateway = await gatewayWith({ stages: [posted, completed] });
  const terminal = new FakeTerminal({ hasColors: false, columns: 0 });
  expect(await runAgainst(gateway.url, { stdout: terminal }).exitCode).toBe(0);
  expect(terminal.text).toContain('Posting the prompt');
  expect(terminal.screen().slice(-3)).toEqual(['', 'Done.', '']);
  expect(terminal.listenerCount('resize')).toBe(0);
});

test('a command that fails leaves no spinner behind', async () => {
  const terminal = new FakeTerminal({ hasColors: false });
  const run = runAgainst(await unusedOrigin(), { stdout: terminal });
  expect(await run.exitCode).toBe(1);
  expect(terminal.screen()).toEqual(['']);
});
