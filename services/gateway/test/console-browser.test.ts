import type { Job } from '@pawl/contracts';
import { testRedis } from '@pawl/testing';
import type { Page } from 'playwright-core';
import { describe, expect, onTestFinished, test } from 'vitest';
import { apiClient } from './harness/api-client.ts';
import { hasNoChromium, startChromium } from './harness/chromium.ts';
import { completeJob } from './harness/drive-job.ts';
import { byLabel, byRole, byText, message, rowOf, turn } from './harness/find.ts';
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
  await byLabel(page, 'API key').fill(key);
  await byRole(page, 'button', 'Sign in').click();
}

describe.skipIf(hasNoChromium)('the console in Chromium', () => {
  test('a person signs in, sees a job come and end, and opens it', async () => {
    const { url, key, newJob, engine } = await newGateway();
    const page = await openTab(url);
    await signIn(page, 'pawl_wrong');
    await byText(page, 'This API key is not valid.').waitFor();
    await signIn(page, key);
    await byText(page, 'There are no jobs yet').waitFor();
    const job = await newJob('Summarize my inbox');
    const row = rowOf(page, 'Summarize my inbox');
    await byText(row, 'Queued').waitFor();
    await completeJob(engine, job.id, 'You have no mail.');
    await byText(row, 'Completed').waitFor();
    await byRole(row, 'link').click();
    await byRole(page, 'heading', 'Summarize my inbox', { level: 1 }).waitFor();
    await byText(turn(page, 1), 'You have no mail.').waitFor();
    expect(await page.evaluate('document.cookie')).toBe('');
    expect(await page.evaluate('JSON.stringify({ ...localStorage })')).not.toContain('pawl_');
  });

  test('a tab shows who is signed in by now, where another tab has changed that', async () => {
    const { url, key, store, newJob } = await newGateway();
    await newJob('Of the first');
    const other = await store.createApiKey({ tenant: 'other', name: 'second' });
    const page = await openTab(`${url}/jobs`);
    await signIn(page, key);
    await rowOf(page, 'Of the first').waitFor();
    const further = await page.context().newPage();
    await further.goto(url);
    await byText(further, 'dashboard').waitFor();
    await further.evaluate(
      `fetch('/session', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: '${JSON.stringify({ key: other.key })}' })`,
    );
    await page.evaluate(`window.dispatchEvent(new Event('focus'))`);
    await byText(page, 'second').waitFor();
    await byText(page, 'There are no jobs yet').waitFor();
    await expect.poll(() => rowOf(page, 'Of the first').count()).toBe(0);
  });

  test('a revoked key signs out with a sentence', async () => {
    const { url, id, key, store, newJob } = await newGateway();
    const page = await openTab(`${url}/jobs`);
    await signIn(page, key);
    await newJob('a');
    await rowOf(page, 'alice').waitFor();
    await store.revokeApiKey(id);
    // The page may notice it by itself before it is clicked.
    const link = byRole(page, 'link', 'a');
    link.click().catch(() => undefined);
    expect(await byRole(page, 'alert').innerText()).toContain(
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
    const heading = byRole(page, 'heading', /^<script>/, { level: 1 });
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
    const title = 'There is no such job';
    expect(await byRole(page, 'heading', title).innerText()).toBe(title);
  });

  test('where there are no jobs yet, a button runs the first one and leads to it', async () => {
    const { url, key, api } = await newGateway();
    const page = await openTab(url);
    await signIn(page, key);
    await byRole(page, 'button', 'Run this prompt').click();
    const title = 'Fetch my last 5 unread emails and summarize them.';
    await byRole(page, 'heading', title, { level: 1 }).waitFor();
    const [job] = (await api.get<{ data: Job[] }>('/v1/jobs')).body.data;
    await expect.poll(() => page.url()).toBe(`${url}/jobs/${job?.id}`);
  });

  test('several jobs are cancelled at once, after their number was confirmed', async () => {
    const { url, key, api, newJob } = await newGateway();
    for (const prompt of ['one', 'two', 'three']) await newJob(prompt);
    const page = await openTab(`${url}/jobs`);
    await signIn(page, key);
    await byRole(page, 'checkbox', 'Select one').check();
    await byRole(page, 'checkbox', 'Select three').check();
    await byRole(page, 'button', 'Cancel 2').click();
    await byRole(byRole(page, 'dialog', 'Cancel 2 jobs?'), 'button', 'Cancel 2 jobs').click();
    await message(page, 'Cancelled 2 jobs.').waitFor();
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
    await byRole(page, 'searchbox').fill('pear');
    await page.keyboard.press('Enter');
    await expect.poll(() => page.url()).toBe(`${url}/jobs?q=pear`);
    await rowOf(page, 'a pear').waitFor();
    await rowOf(page, 'an apple').waitFor({ state: 'detached' });
    await page.goto(`${url}/jobs?user=nobody&status=queued`);
    await byText(page, 'No job fits these filters').waitFor();
    await byRole(page, 'button', 'Take away the filter User').click();
    await rowOf(page, 'an apple').waitFor();
    await expect.poll(() => page.url()).toBe(`${url}/jobs?status=queued`);
  });
});
