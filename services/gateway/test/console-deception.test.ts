import type { Locator, Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { hasNoChromium } from './harness/chromium.ts';
import { byLabel, byRole, byText, entryOf, message } from './harness/find.ts';
import { mail, visitConsole } from './harness/visit-console.ts';

const { stack, openTab, newJob, statusOf, waitingJob } = visitConsole();

/** What is hidden, in each of the tests. */
const eve = 'eve@example.net';

/** What a person sees of a mail that a model wants to send. */
async function seen(further: object): Promise<string> {
  const { name, arguments: plain } = mail('Lunch');
  const turns = [[{ name, arguments: { ...plain, ...further } }], { text: 'Sent.' }];
  const job = await newJob(turns, { tools: { approve: 'writes' } });
  expect(await statusOf(job)).toBe('requires_action');
  const { page } = await openTab('/inbox', { scopes: 'approvals' });
  await entryOf(page, job.user).click();
  const view = byRole(page, 'article', `gmail_send_message for ${job.user}`);
  const letter = byRole(view, 'article', 'Mail');
  await byText(letter, 'Lunch').waitFor();
  return letter.innerText();
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
    await entryOf(page, 'x-[U+202E]ecila').click();
    await byText(byRole(page, 'definition'), 'x-[U+202E]ecila').waitFor();
    await page.goto(`${stack().url}/jobs/${job.id}`);
    await byText(page, 'k[U+2066]').waitFor();
    await byText(page, 'v[U+2067]').waitFor();
  });

  test.each([
    ['a key that is held down', (page: Page, entry: Locator) => holdDown(page, 'a', entry)],
    ['a key that is pressed twice', (page: Page) => page.keyboard.type('aa')],
    ['a double click', (page: Page) => byRole(page, 'button', 'Approve').dblclick()],
  ])('%s approves one call', async (_what, approve) => {
    const jobs = await Promise.all(['one', 'two', 'three'].map(waitingJob));
    const { page } = await openTab('/inbox', { scopes: 'approvals' });
    const entry = entryOf(page, jobs[0]?.user ?? '');
    await entry.click();
    await byRole(page, 'article', `gmail_send_message for ${jobs[0]?.user}`).waitFor();
    const before = await waiting();
    await approve(page, entry);
    await entry.waitFor({ state: 'detached' });
    // What was sent before this was decided before this.
    await byRole(page, 'button', 'Reject').click();
    await byLabel(page, 'Why not').fill('No.');
    await byRole(page, 'button', 'Reject').click();
    await message(page, 'gmail_send_message: rejected.').waitFor();
    expect(await waiting()).toBe(before - 2);
  });
});

async function waiting(): Promise<number> {
  return (await stack().api.get<{ data: unknown[] }>('/v1/approvals')).body.data.length;
}

/** Until the entry is decided about, and longer. Playwright repeats a key that is down already. */
async function holdDown(page: Page, key: string, entry: Locator): Promise<void> {
  await page.keyboard.down(key);
  await entry.waitFor({ state: 'detached' });
  for (let times = 0; times < 20; times += 1) await page.keyboard.down(key);
  await page.keyboard.up(key);
}
