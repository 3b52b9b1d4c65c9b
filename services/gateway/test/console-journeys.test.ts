import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Schedule } from '@pawl/contracts';
import { describe, expect, onTestFinished, test } from 'vitest';
import { hasNoChromium } from './harness/chromium.ts';
import { mail, visitConsole } from './harness/visit-console.ts';

const { chromium, stack, openTab, newUser, newJob, statusOf, waitingJob } = visitConsole();

describe.skipIf(hasNoChromium)('the console, with everything behind it, in Chromium', () => {
  test('a job is followed as it happens, from the list to its last word', async () => {
    const { page } = await openTab('/jobs');
    const title = 'Read the newest mail';
    const job = await newJob(
      [
        [{ tool: 'gmail_fetch_mails', arguments: { max_results: 1 } }],
        { text: 'There is **one** mail.' },
      ],
      {},
      title,
    );
    await page.getByRole('row', { name: title }).getByText('Completed').waitFor();
    await page.getByRole('link', { name: title }).click();
    await page.getByText('There is one mail.').waitFor();
    const waterfall = page.getByRole('region', { name: 'Waterfall' });
    await waterfall.getByRole('button', { name: /gmail_fetch_mails/ }).click();
    await page.getByRole('heading', { name: 'Output' }).waitFor();
    expect(page.url()).toBe(`${stack().url}/jobs/${job.id}?step=t0c0`);
    await page.getByRole('tab', { name: 'Events' }).click();
    await page.getByText('tool_call.completed').waitFor();
  });

  test('the model’s text is shown while it comes', async () => {
    const { control } = stack().sandbox;
    const title = 'Write a lot';
    const text = Array.from({ length: 400 }, (_, word) => `word${word}`).join(' ');
    control.addFault({ match: { argumentsInclude: title }, effect: { kind: 'hang' } });
    const fetching = { tool: 'gmail_fetch_mails', arguments: { query: title } };
    const job = await newJob([[fetching], { text }], {}, title);
    const { page } = await openTab(`/jobs/${job.id}`);
    await page.getByText('Running', { exact: true }).waitFor();
    await expect.poll(() => control.held().length).toBe(1);
    // Half of the answer comes, and the rest once somebody lets it.
    control.addFault({
      match: { promptIncludes: title },
      effect: { kind: 'hang' },
      when: 'after-effect',
    });
    control.release();
    const streamed = page.getByRole('listitem').filter({ hasText: 'is writing' });
    await streamed.getByText('word100').waitFor();
    expect(await streamed.innerText()).not.toContain('word399');
    control.release();
    await page.getByRole('listitem').filter({ hasText: 'Turn 2' }).getByText('word399').waitFor();
    await streamed.waitFor({ state: 'hidden' });
    expect(await statusOf(job)).toBe('completed');
  });

  test('by keyboard alone somebody signs in, opens a job and approves it', async () => {
    const job = await waitingJob('By keyboard');
    const page = await (await chromium.open()).newPage();
    await page.goto(`${stack().url}/jobs`);
    await page.getByLabel('API key').waitFor();
    await page.keyboard.type(await stack().newKey('keyboard'));
    await page.keyboard.press('Enter');
    const link = page.getByRole('link', { name: 'Do as told' }).first();
    await link.waitFor();
    for (let presses = 0; presses < 60; presses += 1) {
      await page.keyboard.press('Tab');
      if (await link.evaluate((element) => element === element.ownerDocument.activeElement)) break;
    }
    await page.keyboard.press('Enter');
    await page.getByText('waits for a person’s approval').waitFor();
    await page.keyboard.press('g');
    await page.keyboard.press('i');
    const entries = page.getByRole('list', { name: 'Waiting for a decision' });
    await entries.waitFor();
    const view = page.getByRole('article', { name: `gmail_send_message for ${job.user}` });
    for (let presses = 0; presses < 20 && !(await view.isVisible()); presses += 1) {
      await page.keyboard.press('j');
    }
    await page.keyboard.press('a');
    await page.getByText('gmail_send_message: approved.').waitFor();
    expect(await statusOf(job)).toBe('completed');
  });

  test('a mail is approved with other words, which are what is sent', async () => {
    const job = await waitingJob('Lunch');
    const { page } = await openTab('/inbox', { scopes: 'approvals' });
    await page.getByRole('button', { name: `for ${job.user}` }).click();
    await page.getByRole('article', { name: 'Mail', exact: true }).getByText('Lunch').waitFor();
    await page.getByRole('button', { name: 'Edit' }).click();
    await page.getByLabel('subject').fill('Dinner');
    await page.getByRole('button', { name: 'Approve with these arguments' }).click();
    await page.getByText('approved with other arguments.').waitFor();
    expect(await statusOf(job)).toBe('completed');
    const sent = JSON.stringify(stack().sandbox.control.effects().items);
    expect(sent).toContain('Dinner');
    expect(sent).not.toContain('Lunch');
  });

  test('what somebody else decided is said, while it is looked at', async () => {
    const job = await waitingJob('Decided by two');
    const { page } = await openTab('/inbox');
    await page.getByRole('button', { name: `for ${job.user}` }).click();
    await page.getByRole('button', { name: 'Reject' }).click();
    await page.getByLabel('Why not').fill('Not now.');
    const { body } = await stack().api.get<{ data: { id: string; job: string }[] }>(
      '/v1/approvals',
    );
    const approval = body.data.find((one) => one.job === job.id);
    await stack().api.post(`/v1/approvals/${approval?.id}`, { decision: 'approve' });
    await page.getByText('Decided elsewhere: approved').waitFor();
    expect(await statusOf(job)).toBe('completed');
  });

  test('a webhook is replayed', async () => {
    let received = 0;
    const receiver = createServer((request, response) => {
      received += 1;
      request.resume();
      response.end();
    });
    receiver.listen(0, '127.0.0.1');
    await once(receiver, 'listening');
    onTestFinished(() => void receiver.close());
    await stack().api.post('/v1/webhook-secrets/rotate');
    const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook`;
    const job = await newJob([{ text: 'Done.' }], { webhook: { url } });
    await expect.poll(() => received).toBe(1);
    const { page } = await openTab(`/jobs/${job.id}?tab=webhooks`);
    await page.getByText('job.completed').click();
    await page.getByRole('button', { name: 'Replay' }).click();
    await expect.poll(() => received).toBe(2);
    const attempts = page.getByRole('list', { name: 'Attempts' }).getByRole('listitem');
    await expect.poll(() => attempts.count()).toBe(2);
  });

  test('a schedule says when it runs, and runs now', async () => {
    const { body: schedule } = await stack().api.post<Schedule>('/v1/schedules', {
      cron: '0 8 * * 1-5',
      timezone: 'Europe/Berlin',
      job: { prompt: 'Morning report', user: newUser(), connections: [] },
    });
    const { page } = await openTab(`/schedules/${schedule.id}`);
    await page.getByText('At 08:00, Monday through Friday (Europe/Berlin)').waitFor();
    const next = page.getByRole('region', { name: /At 08:00/ }).getByRole('listitem');
    await expect.poll(() => next.count()).toBe(5);
    await page.getByRole('button', { name: 'Run now' }).click();
    await page.waitForURL('**/jobs/job_*');
    await page.goBack();
    await page.getByRole('button', { name: 'Pause' }).click();
    await page.getByText('The schedule is paused.').waitFor();
    const { body } = await stack().api.get<Schedule>(`/v1/schedules/${schedule.id}`);
    expect([body.status, body.last_job?.id === undefined]).toEqual(['paused', false]);
  });

  test('while the gateway restarts a banner says so, and the page goes on by itself', async () => {
    const { page } = await openTab('/jobs');
    await page.getByText('Live', { exact: true }).filter({ visible: true }).waitFor();
    await stack().restartGateway(() => page.getByText('The gateway does not answer').waitFor());
    await page.getByText('The gateway does not answer').waitFor({ state: 'hidden' });
    await newJob([{ text: 'Done.' }], {}, 'After the restart');
    await page.getByRole('row', { name: 'After the restart' }).getByText('Completed').waitFor();
    await page.getByText('Live', { exact: true }).filter({ visible: true }).waitFor();
    expect(await page.getByText('The gateway does not answer').isVisible()).toBe(false);
  });

  test('while Redis is away a banner says so, and the page goes on by itself', async () => {
    const { page } = await openTab('/jobs');
    await stack().redis.stop();
    await page.getByRole('link', { name: 'Schedules' }).click();
    await page.getByText('Redis does not answer. Jobs').waitFor();
    await stack().redis.start();
    await page.getByText('Redis does not answer. Jobs').waitFor({ state: 'hidden' });
    expect(await page.getByRole('heading', { name: 'Schedules' }).isVisible()).toBe(true);
  });

  test('what others wrote is text, in every field, whatever it is', async () => {
    const evil =
      '<script>alert(1)</script><img src=x onerror=alert(2)>\u001B[31mred\u001B[0m\u202Egnp שלום 🎉';
    const job = await newJob(
      [[mail(evil, evil)], { text: `# ${evil}\n\n- **${evil}**\n\n\`${evil}\`` }],
      { metadata: { evil }, tools: { approve: 'writes' } },
      evil.replaceAll('\u001B', ''),
    );
    expect(await statusOf(job)).toBe('requires_action');
    const { page } = await openTab('/inbox');
    await page.getByRole('button', { name: `for ${job.user}` }).click();
    await page.getByRole('button', { name: 'Approve' }).click();
    await page.getByText('gmail_send_message: approved.').waitFor();
    await page.goto(`${stack().url}/jobs/${job.id}?step=t0c0`);
    await page.getByRole('heading', { name: 'Input' }).waitFor();
    await page.goto(`${stack().url}/conversations/${job.conversation}`);
    await page.getByText('[U+202E]').first().waitFor();
    expect(await page.locator('#root script, #root img').count()).toBe(0);
    expect(await page.locator('body').innerText()).not.toContain('\u001B');
  });

  test('a large output is shown a page at a time', async () => {
    const job = await waitingJob('Answered at length');
    const { body } = await stack().api.get<{ data: { id: string; job: string }[] }>(
      '/v1/approvals',
    );
    const approval = body.data.find((one) => one.job === job.id);
    const output = 'A line of many.\n'.repeat(50_000);
    await stack().api.post(`/v1/approvals/${approval?.id}`, { decision: 'respond', output });
    expect(await statusOf(job)).toBe('completed');
    const { page } = await openTab(`/jobs/${job.id}?step=t0c0`);
    await page.getByText('Page 1 of 40').waitFor();
    await page.getByRole('button', { name: 'Output: next page' }).click();
    await page.getByText('Page 2 of 40').waitFor();
    const { length } = await page.locator('body').innerText();
    expect(length).toBeLessThan(30_000);
  });

  test('a job of five hundred calls is shown in bounds', async () => {
    const calls = Array.from({ length: 100 }, () => ({ tool: 'gmail_get_profile', arguments: {} }));
    const job = await newJob(
      [calls, calls, calls, calls, calls, { text: 'long '.repeat(1_000) }],
      { limits: { tool_calls: 1_000 } },
      'Many calls',
    );
    expect(['completed', 'in_progress']).toContain(await statusOf(job));
    const { page } = await openTab(`/jobs/${job.id}`);
    await page.getByRole('button', { name: /Show 150 more/ }).waitFor();
    const elements = await page.evaluate('document.querySelectorAll("*").length');
    expect(elements).toBeLessThan(8_000);
  });

  test('an erased job says so while it is shown', async () => {
    const job = await newJob([{ text: 'Done.' }], {}, 'Soon gone');
    expect(await statusOf(job)).toBe('completed');
    const { page } = await openTab(`/jobs/${job.id}`);
    await page.getByRole('heading', { name: 'Soon gone' }).waitFor();
    await stack().api.send(`/v1/jobs/${job.id}`, { method: 'DELETE' });
    const heading = page.getByRole('heading', { level: 2 });
    await expect.poll(() => heading.first().innerText()).toBe('This job was erased');
  });

  test('a key sees what its scopes allow, and no more', async () => {
    const { page } = await openTab('/jobs', { scopes: 'jobs:read' });
    const names = await page
      .getByRole('navigation', { name: 'Pages' })
      .getByRole('link')
      .allInnerTexts();
    expect(names).toContain('Jobs');
    expect(names).not.toContain('Inbox');
    expect(names).not.toContain('API keys');
    expect(await page.getByRole('checkbox').count()).toBe(0);
  });
});
