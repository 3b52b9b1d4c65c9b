import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { testRedis } from '@pawl/testing';
import type { BrowserContext } from 'playwright-core';
import { afterAll, describe, expect, test } from 'vitest';
import { hasNoChromium, startChromium } from './harness/chromium.ts';
import { startConnecting, urlOf } from './harness/connecting.ts';
import { byRole } from './harness/find.ts';

/** An application as a product has it: people sign in, and its server knows them by a cookie. */
const application = createServer((request, response) => {
  const { searchParams, pathname } = new URL(request.url ?? '', 'http://application');
  response.setHeader('Content-Type', 'text/html');
  if (pathname === '/sign-in') {
    response.setHeader('Set-Cookie', `user=${searchParams.get('user')}; HttpOnly; SameSite=Lax`);
    response.end('<h1>Signed in</h1>');
    return;
  }
  const user = /user=([^;]+)/.exec(request.headers.cookie ?? '')?.[1];
  const code = searchParams.get('code');
  if (user === undefined || code === null) {
    response.end('<h1>Sign in first</h1>');
    return;
  }
  void confirm(code, user).then((said) => response.end(`<h1>${said}</h1>`));
});
application.listen(0, '127.0.0.1');
await once(application, 'listening');
afterAll(() => application.close());
const home = `http://127.0.0.1:${(application.address() as AddressInfo).port}`;

const redis = testRedis();
const { sandbox, api, newUser, waitingJob, statusOf } = await startConnecting(redis, {
  tenant: 'acme',
  settings: { connectVerifyUrl: `${home}/connected`, applicationName: 'Acme' },
});
const chromium = startChromium();

async function confirm(code: string, user: string): Promise<string> {
  const answer = await api.post<{ code?: string; connection?: string }>('/v1/accounts/verify', {
    code,
    user,
  });
  return answer.status === 200 ? `Connected ${answer.body.connection}` : String(answer.body.code);
}

type Waiting = Awaited<ReturnType<typeof waitingJob>>;

async function personOf(user?: string): Promise<BrowserContext> {
  const browser = await chromium.open();
  if (user !== undefined) await (await browser.newPage()).goto(`${home}/sign-in?user=${user}`);
  return browser;
}

/** Opens the link, goes on and consents; answers what the application says at the end. */
async function follow(browser: BrowserContext, job: Waiting) {
  const page = await browser.newPage();
  await page.goto(urlOf(job));
  await byRole(page, 'button', 'Continue').click();
  await page.waitForURL(`${sandbox.origin}/**`);
  await byRole(page, 'button', 'Approve').click();
  await page.waitForURL(`${home}/**`);
  return { said: await byRole(page, 'heading').innerText(), url: page.url() };
}

describe.skipIf(hasNoChromium)('in Chromium, with CONNECT_VERIFY_URL', () => {
  test('a signed-in user connects their account, and the job goes on', async () => {
    const user = newUser();
    const job = await waitingJob(user);
    expect((await follow(await personOf(user), job)).said).toBe('Connected gmail');
    expect(await statusOf(job)).toBe('in_progress');
  });

  test('a victim who is lured through another’s link attaches nothing to that other', async () => {
    const [mallory, victim] = [newUser(), newUser()];
    const job = await waitingJob(mallory);
    const lured = await follow(await personOf(victim), job);
    expect(lured.said).toBe('verification_mismatch');
    expect(await statusOf(job)).toBe('requires_action');
    // Nor does mallory get anything by the code, should it become known.
    const again = await (await personOf(mallory)).newPage();
    await again.goto(lured.url);
    expect(await byRole(again, 'heading').innerText()).toBe('verification_unknown');
    expect(await statusOf(job)).toBe('requires_action');
  });

  test('a victim who is sent to the end of another’s way connects nothing to themselves', async () => {
    const [mallory, victim] = [newUser(), newUser()];
    // Signed out, so that the code is shown and not used.
    const { said, url } = await follow(await personOf(), await waitingJob(mallory));
    expect(said).toBe('Sign in first');
    const page = await (await personOf(victim)).newPage();
    await page.goto(url);
    expect(await byRole(page, 'heading').innerText()).toBe('verification_mismatch');
  });

  test('two people with two browsers at a time each connect their own', async () => {
    const users = [newUser(), newUser()];
    const jobs = await Promise.all(users.map((user) => waitingJob(user)));
    const ends = await Promise.all(
      jobs.map(async (job, index) => follow(await personOf(users[index]), job)),
    );
    expect(ends.map(({ said }) => said)).toEqual(['Connected gmail', 'Connected gmail']);
    expect(await Promise.all(jobs.map(statusOf))).toEqual(['in_progress', 'in_progress']);
  });

  test('reloading the application’s page uses no code twice', async () => {
    const user = newUser();
    const browser = await personOf(user);
    const { url } = await follow(browser, await waitingJob(user));
    const page = await browser.newPage();
    await page.goto(url);
    expect(await byRole(page, 'heading').innerText()).toBe('verification_unknown');
  });
});
