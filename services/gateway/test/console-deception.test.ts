import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { hasNoChromium } from './harness/chromium.ts';
import { mail, visitConsole } from './harness/visit-console.ts';

const { stack, openTab, newJob, statusOf, waitingJob } = visitConsole();

/** What is hidden, in each of the tests. */
const eve = 'eve@example.net';

/** What a person sees of a mail that a model wants to send. */
async function seen(further: object): Promise<string> {
  const { tool, arguments: plain } = mail('Lunch');
  const turns = [[{ tool, arguments: { ...plain, ...further } }], { text: 'Sent.' }];
  const job = await newJob(turns, { tools: { approve: 'writes' } });
  expect(await statusOf(job)).toBe('requires_action');
  const { page } = await openTab('/inbox', { scopes: 'approvals' });
  await page.getByRole('button', { name: `for ${job.user}` }).click();
  const view = page.getByRole('article', { name: 'Mail', exact: true });
  await view.getByText('Lunch').waitFor();
  return view.innerText();
}

describe.skipIf(hasNoChromium)('an approval in Chromium', () => {
  test.each([
    ['a title for terminals', { to: `anna@example.com\u001B]0;, ${eve}\u0007` }],
    ['what ends no title', { body: `See you at noon.\u001B]${eve}` }],
    ['blanks', { to: `anna@example.com${' '.repeat(5_000)}, ${eve}` }],
    ['many recipients', { cc: `${'a@example.com, '.repeat(200)}${eve}` }],
    [
      'marks that grow when they are shown',
      { to: `anna@example.com${'\u2066'.repeat(500)}, ${eve}` },
    ],
  ])('nothing that is approved hides behind %s', async (_what, further) => {
    expect(await seen(further)).toContain(eve);
  });

  test('what turns the order of text names itself, in whom a call is for and what came with a job', async () => {
    const turns = [[mail('Lunch')], { text: 'Sent.' }];
    const job = await newJob(turns, {
      user: 'x-\u202Eecila',
      metadata: { 'k\u2066': 'v\u2067' },
      tools: { approve: 'writes' },
    });
    expect(await statusOf(job)).toBe('requires_action');
    const { page } = await openTab('/inbox');
    await page.getByRole('button', { name: 'for x-[U+202E]ecila' }).click();
    await page.getByRole('definition').getByText('x-[U+202E]ecila').waitFor();
    await page.goto(`${stack().url}/jobs/${job.id}`);
    await page.getByText('k[U+2066]').waitFor();
    await page.getByText('v[U+2067]').waitFor();
  });

  test.each([
    ['a key that is held down', (page: Page) => holdDown(page, 'a')],
    ['a key that is pressed twice', (page: Page) => page.keyboard.type('aa')],
    ['a double click', (page: Page) => page.getByRole('button', { name: 'Approve' }).dblclick()],
  ])('%s approves one call', async (_what, approve) => {
    const jobs = await Promise.all(['one', 'two', 'three'].map(waitingJob));
    const { page } = await openTab('/inbox', { scopes: 'approvals' });
    await page.getByRole('button', { name: `for ${jobs[0]?.user}` }).click();
    await page.getByRole('article', { name: `gmail_send_message for ${jobs[0]?.user}` }).waitFor();
    const before = await waiting();
    await approve(page);
    await page.getByText('gmail_send_message: approved.').first().waitFor();
    // What was sent before this was decided before this.
    await page.getByRole('button', { name: 'Reject' }).click();
    await page.getByLabel('Why not').fill('No.');
    await page.getByRole('button', { name: 'Reject', exact: true }).click();
    await page.getByText('gmail_send_message: rejected.').waitFor();
    expect(await waiting()).toBe(before - 2);
  });
});

async function waiting(): Promise<number> {
  return (await stack().api.get<{ data: unknown[] }>('/v1/approvals')).body.data.length;
}

/** Playwright repeats a key that is down already. */
async function holdDown(page: Page, key: string): Promise<void> {
  await page.keyboard.down(key);
  await page.getByText('gmail_send_message: approved.').first().waitFor();
  for (let times = 0; times < 20; times += 1) await page.keyboard.down(key);
  await page.keyboard.up(key);
}
