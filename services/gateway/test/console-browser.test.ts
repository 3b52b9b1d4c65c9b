import type { Job } from '@pawl/contracts';
import { testRedis } from '@pawl/testing';
import type { Page } from 'playwright-core';
import { describe, expect, onTestFinished, test } from 'vitest';
import { apiClient } from './harness/api-client.ts';
import { hasNoChromium, startChromium } from './harness/chromium.ts';
import { completeJob } from './harness/drive-job.ts';
import { startTestGateway } from './harness/start-test-gateway.ts';

const redis = testRedis();
const chromium = startChromium();
let gateways = 0;

/** A gateway that asks for a key, and one that may do everything. */
async function newGateway() {
  gateways += 1;
  const gateway = await startTestGateway(redis, { partition: String(gateways) });
  const { id, key } = await gateway.store.createApiKey({ tenant: 'acme', name: 'dashboard' });
  const api = apiClient(gateway.url, { Authorization: `Bearer ${key}` });
  const newJob = async (prompt: string): Promise<Job> =>
    (await api.post('/v1/jobs', { prompt, user: 'alice' })).body;
  return { ...gateway, id, key, api, newJob };
}

/** A tab in which nothing may go wrong that a person would not see. */
async function openTab(url: string): Promise<Page> {
  const page = await (await chromium.open()).newPage();
  const complaints: string[] = [];
  page.on('console', (line) => {
    if (line.type() === 'error' && !/status of (401|404)/.test(line.text())) {
      complaints.push(line.text());
    }
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('dialog', (dialog) => {
    complaints.push(`a dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  onTestFinished(() => expect(complaints).toEqual([]));
  await page.goto(url);
  return page;
}

async function signIn(page: Page, key: string): Promise<void> {
  await page.getByLabel('API key').fill(key);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

describe.skipIf(hasNoChromium)('the console in Chromium', () => {
  test('a person signs in, sees a job come and end, and opens it', async () => {
    const { url, key, newJob, engine } = await newGateway();
    const page = await openTab(url);
    await signIn(page, 'pawl_wrong');
    await page.getByText('This API key is not valid.').waitFor();
    await signIn(page, key);
    await page.getByText('There are no jobs yet').waitFor();
    const job = await newJob('Summarize my inbox');
    const row = page.getByRole('row', { name: /Summarize my inbox/ });
    await row.getByText('Queued').waitFor();
    await completeJob(engine, job.id, 'You have no mail.');
    await row.getByText('Completed').waitFor();
    await row.getByRole('link').click();
    await page.getByRole('heading', { name: 'Summarize my inbox' }).waitFor();
    await page.getByText('You have no mail.').waitFor();
    expect(await page.evaluate('document.cookie')).toBe('');
    expect(await page.evaluate('JSON.stringify({ ...localStorage })')).not.toContain('pawl_');
  });

  test('a tab shows who is signed in by now, where another tab has changed that', async () => {
    const { url, key, store, newJob } = await newGateway();
    await newJob('Of the first');
    const other = await store.createApiKey({ tenant: 'other', name: 'second' });
    const page = await openTab(`${url}/jobs`);
    await signIn(page, key);
    await page.getByRole('row', { name: 'Of the first' }).waitFor();
    const further = await page.context().newPage();
    await further.goto(url);
    await further.getByText('dashboard').waitFor();
    await further.evaluate(
      `fetch('/session', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: '${JSON.stringify({ key: other.key })}' })`,
    );
    await page.evaluate(`window.dispatchEvent(new Event('focus'))`);
    await page.getByText('second').waitFor();
    await page.getByText('There are no jobs yet').waitFor();
    expect(await page.getByRole('row', { name: 'Of the first' }).count()).toBe(0);
  });

  test('a revoked key signs out with a sentence', async () => {
    const { url, id, key, store, newJob } = await newGateway();
    const page = await openTab(`${url}/jobs`);
    await signIn(page, key);
    await newJob('a');
    await page.getByRole('row', { name: /alice/ }).waitFor();
    await store.revokeApiKey(id);
    // The page may notice it by itself before it is clicked.
    const link = page.getByRole('link', { name: 'a', exact: true });
    link.click().catch(() => undefined);
    expect(await page.getByRole('alert').innerText()).toContain(
      'The API key that you signed in with was revoked.',
    );
  });

  test('what others wrote is text, whatever it is', async () => {
    const { url, key, newJob } = await newGateway();
    const job = await newJob(
      '<script>alert(1)</script><img src=x onerror=alert(2)> \u001B[31mred\u001B[0m \u202Egnp.exe שלום 🎉',
    );
    const page = await openTab(`${url}/jobs/${job.id}`);
    await signIn(page, key);
    const heading = page.getByRole('heading', { level: 1, name: 'script' });
    await heading.waitFor();
    expect(await heading.innerText()).toBe(
      '<script>alert(1)</script><img src=x onerror=alert(2)> red [U+202E]gnp.exe שלום 🎉',
    );
    expect(await page.locator('#root script, #root img').count()).toBe(0);
  });

  test('a job that is not there says so', async () => {
    const { url, key } = await newGateway();
    const page = await openTab(`${url}/jobs/job_0_nothing`);
    await signIn(page, key);
    expect(await page.getByRole('heading', { level: 2 }).innerText()).toBe('There is no such job');
  });

  test('where there are no jobs yet, a button runs the first one and leads to it', async () => {
    const { url, key, api } = await newGateway();
    const page = await openTab(url);
    await signIn(page, key);
    await page.getByRole('button', { name: 'Run this prompt' }).click();
    const title = 'Fetch my last 5 unread emails and summarize them.';
    await page.getByRole('heading', { name: title, level: 1 }).waitFor();
    const [job] = (await api.get<{ data: Job[] }>('/v1/jobs')).body.data;
    expect(page.url()).toBe(`${url}/jobs/${job?.id}`);
  });

  test('several jobs are cancelled at once, after their number was confirmed', async () => {
    const { url, key, api, newJob } = await newGateway();
    for (const prompt of ['one', 'two', 'three']) await newJob(prompt);
    const page = await openTab(`${url}/jobs`);
    await signIn(page, key);
    await page.getByRole('checkbox', { name: 'Select one' }).check();
    await page.getByRole('checkbox', { name: 'Select three' }).check();
    await page.getByRole('button', { name: 'Cancel 2' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel 2 jobs' }).click();
    await page.getByText('Cancelled 2 jobs.').waitFor();
    const { data } = (await api.get<{ data: Job[] }>('/v1/jobs')).body;
    const left = data.filter(({ status }) => status === 'queued').map(({ prompt }) => prompt);
    expect(left).toEqual(['two']);
  });

  test('the filters of a list stand in its address, and are shown again from there', async () => {
    const { url, key, newJob } = await newGateway();
    await newJob('an apple');
    await newJob('a pear');
    const page = await openTab(`${url}/jobs`);
    await signIn(page, key);
    await page.getByRole('searchbox').fill('pear');
    await page.keyboard.press('Enter');
    await page.getByRole('row', { name: 'an apple' }).waitFor({ state: 'hidden' });
    expect(new URL(page.url()).search).toBe('?q=pear');
    await page.goto(`${url}/jobs?user=nobody&status=queued`);
    await page.getByText('No job fits these filters').waitFor();
    await page.getByRole('button', { name: 'Take away the filter User' }).click();
    await page.getByRole('row', { name: 'an apple' }).waitFor();
    expect(new URL(page.url()).search).toBe('?status=queued');
  });
});
