import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ApprovalList, Job, Schedule } from '@pawl/contracts';
import { describe, expect, onTestFinished, test } from 'vitest';
import { hasNoChromium } from './harness/chromium.ts';
import { byLabel, byRole, byText, entryOf, message, rowOf, turn } from './harness/find.ts';
import { mail, visitConsole } from './harness/visit-console.ts';

const { chromium, stack, openTab, newUser, newJob, statusOf, waitingJob } = visitConsole();

describe.skipIf(hasNoChromium)('the console, with everything behind it, in Chromium', () => {
  test('a job is followed as it happens, from the list to its last word', async () => {
    const { page } = await openTab('/jobs');
    const title = 'Read the newest mail';
    const job = await newJob(
      [
        [{ name: 'gmail_fetch_mails', arguments: { max_results: 1 } }],
        { text: 'There is **one** mail.' },
      ],
      {},
      title,
    );
    await byText(rowOf(page, title), 'Completed').waitFor();
    await byRole(page, 'link', title).click();
    await byText(turn(page, 2), 'There is one mail.').waitFor();
    const waterfall = byRole(page, 'region', 'Waterfall');
    await byRole(waterfall, 'button', /^gmail_fetch_mails/).click();
    await byRole(page, 'heading', 'Output').waitFor();
    await expect.poll(() => page.url()).toBe(`${stack().url}/jobs/${job.id}?step=t0c0`);
    await byRole(page, 'tab', 'Events').click();
    await byText(page, 'tool_call.completed').waitFor();
  });

  test('the model’s text is shown while it comes', async () => {
    const { control } = stack().sandbox;
    const title = 'Write a lot';
    const text = Array.from({ length: 400 }, (_, word) => `word${word}`).join(' ');
    control.addFault({ match: { argumentsInclude: title }, effect: { kind: 'hang' } });
    const fetching = { name: 'gmail_fetch_mails', arguments: { query: title } };
    const job = await newJob([[fetching], { text }], {}, title);
    const { page } = await openTab(`/jobs/${job.id}`);
    await byText(page, 'Running').waitFor();
    // The model is streamed where somebody watches the job by then: whoever has got its events does.
    await byRole(page, 'tab', 'Events').click();
    await byText(page, 'tool_call.started').waitFor();
    await byRole(page, 'tab', 'Conversation').click();
    await expect.poll(() => control.held().length).toBe(1);
    // Half of the answer comes, and the rest once somebody lets it.
    control.addFault({
      match: { promptIncludes: title },
      effect: { kind: 'hang' },
      when: 'after-effect',
    });
    control.release();
    const streamed = byRole(page, 'listitem').filter({ has: byText(page, / is writing$/) });
    await byText(streamed, /word100 /).waitFor();
    expect(await streamed.innerText()).not.toContain('word399');
    control.release();
    await byText(turn(page, 2), /word399$/).waitFor();
    await streamed.waitFor({ state: 'hidden' });
    expect(await statusOf(job)).toBe('completed');
  });

  test('by keyboard alone somebody signs in, opens a job and approves it', async () => {
    const job = await waitingJob('By keyboard');
    const page = await (await chromium.open()).newPage();
    await page.goto(`${stack().url}/jobs`);
    await page.locator('input[name=key]:focus').waitFor();
    await page.keyboard.type(await stack().newKey('keyboard'));
    await page.keyboard.press('Enter');
    const link = byRole(page, 'link', job.prompt);
    await link.waitFor();
    const isReached = () => link.evaluate((element) => element.matches(':focus'));
    for (let presses = 0; presses < 60 && !(await isReached()); presses += 1) {
      await page.keyboard.press('Tab');
    }
    await page.keyboard.press('Enter');
    await byText(page, 'A call waits for a person’s approval.').waitFor();
    const entry = entryOf(page, job.user);
    // On a machine that is too busy the second key comes too late for the first.
    await expect
      .poll(async () => {
        await page.keyboard.type('gi');
        return page.url();
      })
      .toBe(`${stack().url}/inbox`);
    await entry.waitFor();
    const current = byRole(page, 'list', 'Waiting for a decision').locator('[aria-current]');
    await current.waitFor();
    while ((await entry.getAttribute('aria-current')) === null) {
      const before = await current.getAttribute('data-id');
      await page.keyboard.press('j');
      await expect.poll(() => current.getAttribute('data-id')).not.toBe(before);
    }
    await byRole(page, 'article', `gmail_send_message for ${job.user}`).waitFor();
    await page.keyboard.press('a');
    await message(page, 'gmail_send_message: approved.').waitFor();
    expect(await statusOf(job)).toBe('completed');
  });

  test('a mail is approved with other words, which are what is sent', async () => {
    const job = await waitingJob('Lunch');
    const { page } = await openTab('/inbox', { scopes: 'approvals' });
    await entryOf(page, job.user).click();
    const view = byRole(page, 'article', `gmail_send_message for ${job.user}`);
    await byText(byRole(view, 'article', 'Mail'), 'Lunch').waitFor();
    await byRole(view, 'button', 'Edit').click();
    await byLabel(view, 'subject').fill('Dinner');
    await byRole(view, 'button', 'Approve with these arguments').click();
    await message(page, 'gmail_send_message: approved with other arguments.').waitFor();
    expect(await statusOf(job)).toBe('completed');
    const sent = JSON.stringify(stack().sandbox.control.effects().items);
    expect(sent).toContain('Dinner');
    expect(sent).not.toContain('Lunch');
  });

  test('what somebody else decided is said, while it is looked at', async () => {
    const job = await waitingJob('Decided by two');
    const { page } = await openTab('/inbox');
    await entryOf(page, job.user).click();
    const view = byRole(page, 'article', `gmail_send_message for ${job.user}`);
    await byRole(view, 'button', 'Reject').click();
    await byLabel(view, 'Why not').fill('Not now.');
    await stack().api.post(`/v1/approvals/${await approvalOf(job)}`, { decision: 'approve' });
    await byText(view, /^Decided elsewhere: approved/).waitFor();
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
    await byText(page, 'job.completed').click();
    await byText(byRole(page, 'region', 'Request'), /"type": "job\.completed"/).waitFor();
    await byRole(page, 'button', 'Replay').click();
    await expect.poll(() => received).toBe(2);
    const attempts = byRole(byRole(page, 'list', 'Attempts'), 'listitem');
    await expect.poll(() => attempts.count()).toBe(2);
  });

  test('a schedule says when it runs, and runs now', async () => {
    const { body: schedule } = await stack().api.post<Schedule>('/v1/schedules', {
      cron: '0 8 * * 1-5',
      timezone: 'Europe/Berlin',
      job: { prompt: 'Morning report', user: newUser(), connections: [] },
    });
    const { page } = await openTab(`/schedules/${schedule.id}`);
    await byText(page, 'At 08:00, Monday through Friday (Europe/Berlin)').waitFor();
    const next = byRole(byRole(page, 'region', /At 08:00/), 'listitem');
    await expect.poll(() => next.count()).toBe(5);
    await byRole(page, 'button', 'Run now').click();
    await page.waitForURL('**/jobs/job_*');
    await page.goBack();
    await byRole(page, 'button', 'Pause').click();
    await message(page, 'The schedule is paused.').waitFor();
    const { body } = await stack().api.get<Schedule>(`/v1/schedules/${schedule.id}`);
    expect([body.status, body.last_job?.id === undefined]).toEqual(['paused', false]);
  });

  test('while the gateway restarts a banner says so, and the page goes on by itself', async () => {
    const { page } = await openTab('/jobs');
    const live = byText(page, 'Live').filter({ visible: true });
    await live.waitFor();
    const banner = byText(byRole(page, 'status'), /^The gateway does not answer\. What you see/);
    await stack().restartGateway(() => banner.waitFor());
    await banner.waitFor({ state: 'hidden' });
    await newJob([{ text: 'Done.' }], {}, 'After the restart');
    await byText(rowOf(page, 'After the restart'), 'Completed').waitFor();
    await live.waitFor();
    expect(await banner.count()).toBe(0);
  });

  test('a page that was not opened yet is shown once the gateway is back', async () => {
    const { page } = await openTab('/jobs');
    const banner = byText(byRole(page, 'status'), /^The gateway does not answer\. What you see/);
    await stack().restartGateway(async () => {
      await byRole(page, 'link', 'Usage').click();
      await banner.waitFor();
      await page.waitForURL('**/usage');
      await byRole(page, 'navigation', 'Pages').waitFor();
    });
    await byRole(page, 'heading', 'Usage').waitFor();
    await expect.poll(() => banner.count()).toBe(0);
  });

  test('while Redis is away a banner says so, and the page goes on by itself', async () => {
    const { page } = await openTab('/jobs');
    await stack().redis.stop();
    await byRole(page, 'link', 'Schedules').click();
    const banner = byText(byRole(page, 'status'), /^Redis does not answer\. Jobs/);
    await banner.waitFor();
    await stack().redis.start();
    await banner.waitFor({ state: 'hidden' });
    expect(await byRole(page, 'heading', 'Schedules').innerText()).toBe('Schedules');
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
    await entryOf(page, job.user).click();
    const view = byRole(page, 'article', `gmail_send_message for ${job.user}`);
    await byRole(view, 'button', 'Approve').click();
    await message(page, 'gmail_send_message: approved.').waitFor();
    await page.goto(`${stack().url}/jobs/${job.id}?step=t0c0`);
    await byRole(page, 'heading', 'Input').waitFor();
    await page.goto(`${stack().url}/conversations/${job.conversation}`);
    await byText(page, /\[U\+202E\]/)
      .first()
      .waitFor();
    expect(await page.locator('#root script, #root img').count()).toBe(0);
    expect(await page.locator('body').innerText()).not.toContain('\u001B');
  });

  test('a large output is shown a page at a time', async () => {
    const job = await waitingJob('Answered at length');
    const lines = 'A line of many.\n'.repeat(49_999);
    await stack().api.post(`/v1/approvals/${await approvalOf(job)}`, {
      decision: 'respond',
      output: `\u001b[31m${lines}`,
    });
    expect(await statusOf(job)).toBe('completed');
    const { page } = await openTab(`/jobs/${job.id}?step=t0c0`);
    await byText(page, /^Page 1 of 40 /).waitFor();
    await byRole(page, 'button', 'Output: next page').click();
    await byText(page, /^Page 2 of 40 /).waitFor();
    const { length } = await page.locator('body').innerText();
    expect(length).toBeLessThan(30_000);
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await byRole(page, 'button', 'Copy all').click();
    const copied = () => page.evaluate<string>('navigator.clipboard.readText()');
    await expect.poll(copied).toBe(lines);
  });

  test('a job of five hundred calls is shown in bounds', async () => {
    const calls = Array.from({ length: 100 }, () => ({ name: 'gmail_get_profile', arguments: {} }));
    const job = await newJob(
      [calls, calls, calls, calls, calls, { text: 'long '.repeat(1_000) }],
      { limits: { tool_calls: 1_000 } },
      'Many calls',
    );
    expect(await statusOf(job)).toBe('completed');
    const { page } = await openTab(`/jobs/${job.id}`);
    await byRole(page, 'button', /^Show 150 more of \d+ steps$/).waitFor();
    const elements = await page.evaluate('document.querySelectorAll("*").length');
    expect(elements).toBeLessThan(8_000);
  });

  test('an erased job says so while it is shown', async () => {
    const job = await newJob([{ text: 'Done.' }], {}, 'Soon gone');
    expect(await statusOf(job)).toBe('completed');
    const { page } = await openTab(`/jobs/${job.id}`);
    await byRole(page, 'heading', 'Soon gone').waitFor();
    await stack().api.send(`/v1/jobs/${job.id}`, { method: 'DELETE' });
    await byRole(page, 'heading', 'This job was erased').waitFor();
  });

  test('a key sees what its scopes allow, and no more', async () => {
    const job = await newJob([{ text: 'Done.' }]);
    const { page } = await openTab('/jobs', { scopes: 'jobs:read' });
    const names = await byRole(byRole(page, 'navigation', 'Pages'), 'link').allInnerTexts();
    expect(names).toContain('Jobs');
    expect(names).not.toContain('Inbox');
    expect(names).not.toContain('API keys');
    await rowOf(page, job.prompt).waitFor();
    expect(await byRole(page, 'checkbox').count()).toBe(0);
  });
});

/** The id of the call of a job that waits for a person. */
async function approvalOf({ id }: Job): Promise<string | undefined> {
  const { body } = await stack().api.get<ApprovalList>(`/v1/approvals?job=${id}`);
  return body.data[0]?.id;
}
