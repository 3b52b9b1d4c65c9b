import type { Job } from '@pawl/contracts';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, onTestFinished } from 'vitest';
import { hasNoChromium, startChromium } from './chromium.ts';
import { byLabel, byRole } from './find.ts';
import { type ConsoleStack, startConsoleStack } from './start-console-stack.ts';

/** Everything behind the console and a browser before it, for the tests of a file. */
export function visitConsole() {
  const chromium = startChromium();
  let started: ConsoleStack | undefined;
  beforeAll(async () => {
    if (!hasNoChromium) started = await startConsoleStack();
  });
  afterAll(() => started?.stop());
  const stack = (): ConsoleStack => {
    if (started === undefined) throw new Error('The console does not run yet.');
    return started;
  };

  /** A tab of somebody who is signed in. Nothing may go wrong in it that a person would not see. */
  async function openTab(
    path: string,
    {
      scopes,
      colorScheme = 'light',
      key,
    }: { scopes?: string; colorScheme?: 'light' | 'dark'; key?: string } = {},
  ): Promise<{ readonly page: Page }> {
    const context = await chromium.open({ colorScheme, viewport: { width: 1280, height: 800 } });
    const page = await context.newPage();
    const complaints: string[] = [];
    page.on('console', (line) => {
      if (line.type() === 'error' && !/Failed to load resource/.test(line.text())) {
        complaints.push(line.text());
      }
    });
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('dialog', (dialog) => {
      complaints.push(`a dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    onTestFinished(() => expect(complaints).toEqual([]));
    await page.goto(`${stack().url}${path}`);
    await byLabel(page, 'API key').fill(key ?? (await stack().newKey('tab', scopes)));
    await byRole(page, 'button', 'Sign in').click();
    await byRole(page, 'navigation', 'Pages').waitFor();
    return { page };
  }

  let users = 0;
  let jobs = 0;

  /** Each test brings users of its own. */
  function newUser(): string {
    users += 1;
    return `console-user-${users}`;
  }

  /** Lets the model answer this prompt by these turns: what it says stands nowhere in the prompt. */
  function script(prompt: string, turns: readonly ScriptedTurn[]): void {
    const replies = turns.map((turn) => ('text' in turn ? turn : { toolCalls: [...turn] }));
    stack().sandbox.control.scriptModel([
      { reply: (request) => (request.prompt === prompt ? replies[request.turn] : undefined) },
    ]);
  }

  /** A job whose model says and calls what the turns say. No other job of the file may have its prompt. */
  async function newJob(
    turns: readonly ScriptedTurn[],
    further: object = {},
    prompt = `Do as told in job ${(jobs += 1)}`,
  ): Promise<Job> {
    script(prompt, turns);
    const { body } = await stack().api.post('/v1/jobs', {
      prompt,
      user: newUser(),
      connections: ['gmail'],
      ...further,
    });
    return body;
  }

  /** Once the job has ended or needs a person. */
  async function statusOf({ id }: Job): Promise<string> {
    const read = async () => (await stack().api.get(`/v1/jobs/${id}?wait=10`)).body.status;
    await expect.poll(read, { timeout: 120_000 }).not.toMatch(/^(queued|in_progress)$/);
    return read();
  }

  /** A job that waits until a person approves its mail. */
  async function waitingJob(subject: string): Promise<Job> {
    const job = await newJob([[mail(subject)], { text: 'Sent.' }], {
      tools: { approve: 'writes' },
    });
    expect(await statusOf(job)).toBe('requires_action');
    return job;
  }

  return { chromium, stack, openTab, newUser, script, newJob, statusOf, waitingJob };
}

/** What the model answers in a turn: calls, or the last word. */
type ScriptedTurn =
  | { readonly text: string }
  | readonly { readonly name: string; readonly arguments: Record<string, unknown> }[];

/** A tool call that sends a mail. */
export const mail = (subject: string, body = 'See you at noon.') => ({
  name: 'gmail_send_message',
  arguments: { to: 'anna@example.com', subject, body },
});
