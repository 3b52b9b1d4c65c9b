import type { AccountList, Job } from '@pawl/contracts';
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { apiClient } from './harness/api-client.ts';
import { hasNoChromium } from './harness/chromium.ts';
import { mail, visitConsole } from './harness/visit-console.ts';

const { stack, openTab, newUser, newJob, statusOf } = visitConsole();

const fetching = { tool: 'gmail_fetch_mails', arguments: { max_results: 1 } };

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
  const list = page.getByRole('list', { name: 'Waiting for a decision' });
  const entry = list.getByRole('button', { name: `for ${user}` });
  await entry.getByText('Outcome unknown').waitFor();
  await entry.click();
  await page.getByText('Nobody knows whether this call was made.').waitFor();
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
    const rows = page.getByRole('row');
    await page.getByRole('checkbox', { name: 'Select Bulk one' }).waitFor();
    await page.getByRole('checkbox', { name: 'Select all that are loaded' }).check();
    await page.getByText('3 jobs chosen').waitFor();
    await page.getByRole('button', { name: 'Cancel 1' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel 1 job' }).click();
    await page.getByText('Cancelled 1 job.').waitFor();
    expect(await statusOf(later)).toBe('cancelled');
    for (const title of titles) {
      await page.getByRole('checkbox', { name: `Select ${title}` }).check();
    }
    await page.getByRole('button', { name: 'Retry 2' }).click();
    const asked = page.getByRole('dialog', { name: 'Retry 2 jobs?' });
    await asked.getByRole('button', { name: 'Retry 2 jobs' }).click();
    await page.getByText('Retried 2 jobs.').waitFor();
    await expect.poll(() => rows.getByText('Completed').count()).toBe(2);
  });

  test('a job that a limit has stopped goes on with a higher one', async () => {
    const job = await newJob([[fetching], { text: 'Done.' }], { limits: { turns: 1 } });
    expect(await statusOf(job)).toBe('incomplete');
    const { page } = await openTab(`/jobs/${job.id}`);
    await page.getByRole('button', { name: 'Retry' }).click();
    const form = page.getByRole('dialog', { name: 'Retry with a higher limit' });
    await form.getByLabel('Turns').fill('1');
    await form.getByRole('button', { name: 'Retry the job' }).click();
    await form.getByText('must be more than 1').waitFor();
    await form.getByLabel('Turns').fill('2');
    await form.getByRole('button', { name: 'Retry the job' }).click();
    await page.getByText('The job goes on from the step that it had reached.').waitFor();
    expect(await statusOf(job)).toBe('completed');
  });

  test('a key is made, shown once, and revoked', async () => {
    const { page } = await openTab('/keys');
    await page.getByRole('button', { name: 'Make a key' }).click();
    const form = page.getByRole('dialog', { name: 'Make a key' });
    await form.getByLabel('Name').fill('reports');
    await form.getByRole('button', { name: 'Make the key' }).click();
    const shown = page.getByRole('dialog', { name: 'The key reports' });
    const key = await shown.locator('code').innerText();
    const api = apiClient(stack().url, { Authorization: `Bearer ${key}` });
    expect((await api.get('/v1/jobs')).status).toBe(200);
    expect((await api.post('/v1/jobs', { prompt: 'a' })).status).toBe(403);
    await shown.getByRole('button', { name: 'I have it' }).click();
    const row = page.getByRole('row', { name: 'reports' });
    await row.waitFor();
    expect(await page.content()).not.toContain(key);
    await row.getByRole('button', { name: 'Revoke' }).click();
    await page.getByRole('button', { name: 'Revoke the key' }).click();
    await page.getByText('The key is revoked.').waitFor();
    await row.waitFor({ state: 'detached' });
    expect((await api.get('/v1/jobs')).status).toBe(401);
  });

  test('an account is connected by a link that the console makes', async () => {
    const user = newUser();
    const { page } = await openTab('/accounts');
    await page.getByRole('searchbox', { name: 'User' }).fill(user);
    await page.keyboard.press('Enter');
    const accounts = page.getByRole('region', { name: `Accounts of ${user}` });
    await accounts.getByRole('button', { name: 'Connect gmail' }).click();
    const opening = page.context().waitForEvent('page');
    await accounts.getByRole('link', { name: 'Open it' }).click();
    const tab = await opening;
    await tab.getByRole('button', { name: 'Continue' }).click();
    const statusOfAccount = async () =>
      (await stack().api.get<AccountList>(`/v1/accounts?user=${user}`)).body.data[0]?.status;
    await expect.poll(statusOfAccount).toBe('active');
    await page.reload();
    await accounts.getByText('Active').waitFor();
  });

  test('of a call that nobody knows about a person says that it succeeded', async () => {
    const job = await doubtfulJob('Perhaps sent');
    const { page } = await openTab('/inbox');
    await openDoubt(page, job);
    await page.getByRole('button', { name: 'It succeeded' }).click();
    await page.getByLabel('Result').fill('{ "id": "m_1" }');
    await page.getByRole('button', { name: 'It succeeded with this result' }).click();
    await page.getByText('gmail_send_message: answered by a person.').waitFor();
    expect(await statusOf(job)).toBe('completed');
    expect(sent('Perhaps sent')).toBe(1);
    await page.goto(`${stack().url}/jobs/${job.id}?step=t0c0`);
    await page.getByText('m_1').first().waitFor();
  });

  test('of a call that nobody knows about a person says that it is to be made again', async () => {
    const job = await doubtfulJob('Sent twice');
    const { page } = await openTab('/inbox');
    await openDoubt(page, job);
    await page.getByRole('button', { name: 'Make it again' }).click();
    await page.getByText('gmail_send_message: approved.').waitFor();
    expect(await statusOf(job)).toBe('completed');
    expect(sent('Sent twice')).toBe(2);
  });
});
