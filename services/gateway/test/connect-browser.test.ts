import { testRedis } from '@pawl/testing';
import { describe, expect, test } from 'vitest';
import { hasNoChromium, startChromium } from './harness/chromium.ts';
import { startConnecting, urlOf } from './harness/connecting.ts';
import { byRole, byText } from './harness/find.ts';

const redis = testRedis();
const { sandbox, newUser, waitingJob, statusOf } = await startConnecting(redis);
const chromium = startChromium();

describe.skipIf(hasNoChromium)('in Chromium', () => {
  test('a person goes on from the page by its button, consents, and comes back', async () => {
    const user = newUser();
    const job = await waitingJob(user);
    const page = await (await chromium.open()).newPage();
    const problems: string[] = [];
    page.on('console', (message) => void problems.push(message.text()));
    await page.goto(urlOf(job));
    await byRole(page, 'heading', /^Connect gmail to localhost:\d+\?$/).waitFor();
    expect(await byRole(page, 'definition').allInnerTexts()).toEqual([
      expect.stringMatching(/^localhost:\d+$/),
      'gmail',
      user,
    ]);
    await byRole(page, 'button', 'Continue').press('Enter');
    await page.waitForURL(`${sandbox.origin}/**`);
    expect(await statusOf(job)).toBe('requires_action');
    await byRole(page, 'button', 'Approve').click();
    await byRole(page, 'heading', 'gmail is connected').waitFor();
    expect(await statusOf(job)).toBe('in_progress');
    expect(problems).toEqual([]);
  });

  test('the page works without scripts', async () => {
    const job = await waitingJob();
    const page = await (await chromium.open({ javaScriptEnabled: false })).newPage();
    await page.goto(urlOf(job));
    await byRole(page, 'button', 'Continue').click();
    await page.waitForURL(`${sandbox.origin}/**`);
    expect(await statusOf(job)).toBe('requires_action');
  });

  test('another site cannot send the form for a person: the page is shown instead', async () => {
    const attackers = await waitingJob('mallory');
    const page = await (await chromium.open()).newPage();
    // The browser has even been shown the page before.
    await page.goto(urlOf(attackers));
    const proof = await page.locator('input[name=proof]').inputValue();
    await page.route('http://evil.example/**', (route) =>
      route.fulfill({
        contentType: 'text/html',
        body: `<form method="post" action="${urlOf(attackers)}"><input name="proof" value="${proof}"></form><script>document.forms[0].submit()</script>`,
      }),
    );
    await page.goto('http://evil.example/');
    await page.waitForURL(urlOf(attackers));
    await byRole(page, 'heading', /^Connect gmail to/).waitFor();
    await byText(page, 'mallory').waitFor();
    expect(await statusOf(attackers)).toBe('requires_action');
    // From there it is a person's own choice again.
    await byRole(page, 'button', 'Continue').click();
    await page.waitForURL(`${sandbox.origin}/**`);
  });

  test('no other site can show the page in a frame, to have its button pressed unseen', async () => {
    const attackers = await waitingJob();
    const page = await (await chromium.open()).newPage();
    await page.route('http://evil.example/**', (route) =>
      route.fulfill({
        contentType: 'text/html',
        body: `<iframe src="${urlOf(attackers)}"></iframe>`,
      }),
    );
    await page.goto('http://evil.example/');
    await expect.poll(() => page.frames().at(-1)?.url()).toContain('chrome-error:');
    expect(page.frames()).toHaveLength(2);
  });
});
