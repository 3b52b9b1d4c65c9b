import type { AccountList, Job } from '@pawl/contracts';
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { apiClient } from './harness/api-client.ts';
import { hasNoChromium } from './harness/chromium.ts';
import { byLabel, byRole, byText, entryOf, message, rowOf } from './harness/find.ts';
import { mail, visitConsole } from './harness/visit-console.ts';

const { stack, openTab, newUser, newJob, statusOf } = visitConsole();

const fetching = { name: 'gmail_fetch_mails', arguments: { max_results: 1 } };

/** A job that waits, since nobody knows whether its mail was sent. */
async function doubtfulJob(subject: string): Promise<Job> {
  stack().sandbox.control.addFault({
    match: { tool: 'gmail_send_message', argumentsInclude: subject },
    effect: { kind: 'drop_connection' },
    when: 'after-effect',
  });
  const job = await newJob([[mail(subject)], { text: `Settled: ${subject}` }], {
    on_unknown_outcome: 'ask',
  });
  expect(await statusOf(job)).toBe('requires_action');
  return job;
}

async function openDoubt(page: Page, { user }: Job): Promise<void> {
  const entry = entryOf(page, user);
  await byText(entry, 'Outcome unknown').waitFor();
  await entry.click();
  const view = byRole(page, 'article', `gmail_send_message for ${user}`);
  await byText(view, /^Nobody knows whether this call was made\./).waitFor();
}

const sent = (subject: string): number =>
  stack()
    .sandbox.control.effects()
    .items.filter((item) => JSON.stringify(item).includes(subject)).length;

describe.skipIf(hasNoChromium)('what is done in the console', () => {
  test('several jobs are retried and others cancelled, after their number was confirmed', async () => {
    const user = newUser();
    const turns = [[fetching], { text: 'Done.' }];
    const titles = ['Bulk one', 'Bulk two'];
    for (const title of titles) {
      stack().sandbox.control.addFault({
        match: { operation: 'model', promptIncludes: title },
        effect: { kind: 'http_status', status: 400 },
      });
      const job = await newJob(turns, { user }, title);
      expect(await statusOf(job)).toBe('failed');
    }
    const later = await newJob(turns, { user, delay_seconds: 86_400 }, 'Bulk three');
    const { page } = await openTab(`/jobs?user=${user}`);
    await byRole(page, 'checkbox', 'Select Bulk one').waitFor();
    await byRole(page, 'checkbox', 'Select all that are loaded').check();
    const chosen = byRole(page, 'group', 'What to do with the chosen jobs');
    await byText(chosen, '3 jobs chosen').waitFor();
    await byRole(chosen, 'button', 'Cancel 1').click();
    const cancelling = byRole(page, 'dialog', 'Cancel 1 job?');
    await byRole(cancelling, 'button', 'Cancel 1 job').click();
    await message(page, 'Cancelled 1 job.').waitFor();
    await chosen.waitFor({ state: 'detached' });
    expect(await statusOf(later)).toBe('cancelled');
    for (const title of titles) {
      await byRole(page, 'checkbox', `Select ${title}`).check();
    }
    await byRole(chosen, 'button', 'Retry 2').click();
    const retrying = byRole(page, 'dialog', 'Retry 2 jobs?');
    await byRole(retrying, 'button', 'Retry 2 jobs').click();
    await message(page, 'Retried 2 jobs.').waitFor();
    for (const title of titles) await byText(rowOf(page, title), 'Completed').waitFor();
  });

  test('a job that a limit has stopped goes on with a higher one', async () => {
    const job = await newJob([[fetching], { text: 'Done.' }], { limits: { turns: 1 } });
    expect(await statusOf(job)).toBe('incomplete');
    const { page } = await openTab(`/jobs/${job.id}`);
    await byRole(page, 'button', 'Retry').click();
    const form = byRole(page, 'dialog', 'Retry with a higher limit');
    await byLabel(form, 'Turns').fill('1');
    await byRole(form, 'button', 'Retry the job').click();
    await byText(form, 'must be more than 1').waitFor();
    await byLabel(form, 'Turns').fill('2');
    await byRole(form, 'button', 'Retry the job').click();
    await message(page, 'The job goes on from the step that it had reached.').waitFor();
    expect(await statusOf(job)).toBe('completed');
  });

  test('a key is made, shown once, and revoked', async () => {
    const { page } = await openTab('/keys');
    await byRole(page, 'button', 'Make a key').click();
    const form = byRole(page, 'dialog', 'Make a key');
    await byLabel(form, 'Name').fill('reports');
    await byRole(form, 'button', 'Make the key').click();
    const shown = byRole(page, 'dialog', 'The key reports');
    const key = await shown.locator('code').innerText();
    const api = apiClient(stack().url, { Authorization: `Bearer ${key}` });
    expect((await api.get('/v1/jobs')).status).toBe(200);
    expect((await api.post('/v1/jobs', { prompt: 'a' })).status).toBe(403);
    await byRole(shown, 'button', 'I have it').click();
    const row = rowOf(page, 'reports');
    await row.waitFor();
    await expect.poll(() => page.content()).not.toContain(key);
    await byRole(row, 'button', 'Revoke reports').click();
    await byRole(page, 'button', 'Revoke the key').click();
    await message(page, 'The key is revoked.').waitFor();
    await row.waitFor({ state: 'detached' });
    expect((await api.get('/v1/jobs')).status).toBe(401);
  });

  test('an account is connected by a link that the console makes', async () => {
    const user = newUser();
    const { page } = await openTab('/accounts');
    const search = byRole(page, 'searchbox', 'User');
    await search.fill(user);
    await search.press('Enter');
    const accounts = byRole(page, 'region', `Accounts of ${user}`);
    await byRole(accounts, 'button', 'Connect gmail').click();
    const opening = page.context().waitForEvent('page');
    await byRole(accounts, 'link', 'Open it').click();
    const tab = await opening;
    await byRole(tab, 'button', 'Continue').click();
    const statusOfAccount = async () =>
      (await stack().api.get<AccountList>(`/v1/accounts?user=${user}`)).body.data[0]?.status;
    await expect.poll(statusOfAccount).toBe('active');
    await page.reload();
    await byText(accounts, 'Active').waitFor();
  });

  test('of a call that nobody knows about a person says that it succeeded', async () => {
    const job = await doubtfulJob('Perhaps sent');
    const { page } = await openTab('/inbox');
    await openDoubt(page, job);
    await byRole(page, 'button', 'It succeeded').click();
    await byLabel(page, 'Result').fill('{ "id": "m_1" }');
    await byRole(page, 'button', 'It succeeded with this result').click();
    await message(page, 'gmail_send_message: answered by a person.').waitFor();
    expect(await statusOf(job)).toBe('completed');
    expect(sent('Perhaps sent')).toBe(1);
    await page.goto(`${stack().url}/jobs/${job.id}?step=t0c0`);
    await byText(byRole(page, 'region', 'Output'), /m_1/).waitFor();
  });

  test('of a call that nobody knows about a person says that it is to be made again', async () => {
    const job = await doubtfulJob('Sent twice');
    const { page } = await openTab('/inbox');
    await openDoubt(page, job);
    await byRole(page, 'button', 'Make it again').click();
    await message(page, 'gmail_send_message: approved.').waitFor();
    expect(await statusOf(job)).toBe('completed');
    expect(sent('Sent twice')).toBe(2);
  });
});
