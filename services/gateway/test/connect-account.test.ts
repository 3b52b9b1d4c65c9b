import { startSandbox } from '@pawl/sandbox';
import { testRedis } from '@pawl/testing';
import { expect, test } from 'vitest';
import { apiClient } from './harness/api-client.ts';
import { openBrowser } from './harness/browser.ts';
import { linkOf, reachable, startConnecting, urlOf } from './harness/connecting.ts';
import { completeJob } from './harness/drive-job.ts';
import { startTestGateway } from './harness/start-test-gateway.ts';

const redis = testRedis();
const { sandbox, gateway, api, newUser, waitingJob, consent, statusOf } =
  await startConnecting(redis);

test('a person opens the link, consents, comes back, and the job goes on', async () => {
  const job = await waitingJob();
  const browser = openBrowser();
  const opened = await browser.goOn(linkOf(job));
  expect(opened.status).toBe(303);
  expect(opened.location).toMatch(new RegExp(`^${sandbox.origin}/magicLink/`));
  const [forCallback, forLink, ...others] = opened.headers.getSetCookie();
  expect(forCallback).toMatch(
    /^pawl_connect_[0-9a-f]{16}=[\w-]{43}; Max-Age=\d+; Path=\/callback; Expires=[^;]+; HttpOnly; SameSite=Lax$/,
  );
  expect(forLink).toMatch(
    /^pawl_link_[0-9a-f]{16}=\d_[\w-]{43}\.[\w-]{43}; Max-Age=\d+; Path=\/connect\/[\w.-]+; Expires=[^;]+; HttpOnly; SameSite=Lax$/,
  );
  expect(others).toEqual([]);
  expect(await statusOf(job)).toBe('requires_action');

  const back = sandbox.control.approve(opened.location) ?? '';
  expect(back).toMatch(/^http:\/\/localhost:\d+\/callback\?auth_request_id=.+&state=\d_/);
  const done = await browser.get(reachable(back));
  expect(done.status).toBe(200);
  expect(done.text).toContain('gmail is connected');
  expect(done.text).toContain('The job that waited for it goes on.');
  expect(await statusOf(job)).toBe('in_progress');
  expect((await gateway.store.readJob(job.id))?.phase).toMatchObject({ step: { status: 'ready' } });
});

test('one authorization resumes every job of that user and connection, and no other', async () => {
  const [user, other] = [newUser(), newUser()];
  const first = await waitingJob(user);
  const jobs = [first, await waitingJob(user), await waitingJob(user)];
  const strangers = [await waitingJob(user, 'github'), await waitingJob(other)];
  const browser = openBrowser();
  const done = await browser.get(await consent(browser, first));
  expect(done.text).toContain('3 jobs that waited for it go on.');
  expect(await Promise.all(jobs.map(statusOf))).toEqual([
    'in_progress',
    'in_progress',
    'in_progress',
  ]);
  expect(await Promise.all(strangers.map(statusOf))).toEqual([
    'requires_action',
    'requires_action',
  ]);
});

test('an authorization that was for another connection is not taken for this one', async () => {
  const user = newUser();
  const mail = await waitingJob(user);
  const code = await waitingJob(user, 'github');
  const browser = openBrowser();
  const [back, other] = [await consent(browser, mail), await consent(browser, code)].map(
    (address) => new URL(address),
  );
  back?.searchParams.set('auth_request_id', other?.searchParams.get('auth_request_id') ?? '');
  const answer = await browser.get(back?.href ?? '');
  expect(answer.status).toBe(409);
  expect(answer.text).toContain('gmail is not connected yet');
  expect(await statusOf(mail)).toBe('requires_action');
});

test('opening a link whose account is active by now resumes the job at once', async () => {
  const user = newUser();
  const job = await waitingJob(user);
  sandbox.control.setAccountStatus({ identifier: user, connection: 'gmail' }, 'ACTIVE');
  const opened = await openBrowser().goOn(linkOf(job));
  expect(opened.status).toBe(200);
  expect(opened.text).toContain('gmail is connected');
  expect(await statusOf(job)).toBe('in_progress');
});

test('a link may be opened any number of times, and any of them can be followed', async () => {
  const job = await waitingJob();
  const scanner = openBrowser();
  await scanner.goOn(linkOf(job));
  const browser = openBrowser();
  const first = await consent(browser, job);
  await browser.goOn(linkOf(job));
  expect((await browser.get(first)).text).toContain('is connected');
  expect(await statusOf(job)).toBe('in_progress');
});

test('a link whose job waits no more says so', async () => {
  const job = await waitingJob();
  const link = linkOf(job);
  await api.post(`/v1/jobs/${job.id}/cancel`);
  const opened = await openBrowser().get(link);
  expect(opened.status).toBe(410);
  expect(opened.text).toContain('Nothing is left to do here');
});

test('a person who denies is told that the job still waits', async () => {
  const job = await waitingJob();
  const browser = openBrowser();
  const back = new URL(await consent(browser, job));
  back.searchParams.delete('auth_request_id');
  back.searchParams.set('error', 'access_denied');
  back.searchParams.set('error_description', '<script>alert(1)</script>');
  const denied = await browser.get(back.href);
  expect(denied.text).toContain('You did not grant access');
  expect(denied.text).not.toContain('alert(1)');
  expect(await statusOf(job)).toBe('requires_action');
});

test('while Scalekit is away, the link says to try again, and works afterwards', async () => {
  const job = await waitingJob();
  const away = { kind: 'grpc_status', code: 'DeadlineExceeded' } as const;
  sandbox.control.addFault({
    match: { operation: 'GetConnectedAccountAuth' },
    times: 'always',
    effect: away,
  });
  const refused = await openBrowser().goOn(linkOf(job));
  expect(refused.status).toBe(503);
  expect(refused.headers.get('retry-after')).toBe('5');
  expect(refused.text).toContain('Please try again');
  sandbox.control.clearFaults();
  expect((await openBrowser().goOn(linkOf(job))).status).toBe(303);
});

test('when Scalekit fails during verification, reloading the page finishes it', async () => {
  const job = await waitingJob();
  const browser = openBrowser();
  const back = await consent(browser, job);
  sandbox.control.addFault({
    match: { operation: 'VerifyConnectedAccountUser' },
    effect: { kind: 'grpc_status', code: 'DeadlineExceeded' },
  });
  const failed = await browser.get(back);
  expect(failed.status).toBe(503);
  expect(await statusOf(job)).toBe('requires_action');
  expect((await browser.get(back)).status).toBe(200);
  expect(await statusOf(job)).toBe('in_progress');
});

test('a verification whose answer got lost is found done on reload', async () => {
  const job = await waitingJob();
  const browser = openBrowser();
  const back = await consent(browser, job);
  sandbox.control.addFault({
    match: { operation: 'VerifyConnectedAccountUser' },
    when: 'after-effect',
    effect: { kind: 'grpc_status', code: 'DeadlineExceeded' },
  });
  expect((await browser.get(back)).status).toBe(503);
  expect((await browser.get(back)).status).toBe(200);
  expect(await statusOf(job)).toBe('in_progress');
});

test('a wrong Scalekit secret is the operator’s to mend, and nothing is lost', async () => {
  const job = await waitingJob();
  const wrong = await startTestGateway(redis, {
    scalekit: { ...sandbox, clientSecret: 'wrong' },
  });
  const link = new URL(linkOf(job));
  const opened = await openBrowser().goOn(`${wrong.url}${link.pathname}`);
  expect(opened.status).toBe(502);
  await expect.poll(() => wrong.logged.join('')).toContain('scalekit_unauthorized');
  expect((await openBrowser().goOn(link.href)).status).toBe(303);
});

test.each([
  ['https://app.example/done', 303],
  ['javascript:alert(1)', 200],
])(
  'after verification, Scalekit’s %s is followed only if it is a web address',
  async (url, status) => {
    const redirecting = await startSandbox({ postUserVerifyRedirectUrl: url });
    const other = await startTestGateway(redis, { scalekit: redirecting });
    try {
      const job = await waitingJob();
      const browser = openBrowser();
      const { pathname } = new URL(linkOf(job));
      const opened = await browser.goOn(`${other.url}${pathname}`);
      const back = redirecting.control.approve(opened.location) ?? '';
      const done = await browser.get(reachable(back));
      expect(done.status).toBe(status);
      expect(done.location).toBe(status === 303 ? url : '');
      expect(await statusOf(job)).toBe('in_progress');
    } finally {
      await redirecting.close();
    }
  },
);

test('behind https and a path, the cookie is secure and bound to that callback', async () => {
  const proxied = await startTestGateway(redis, {
    scalekit: sandbox,
    publicUrl: 'https://agents.example/pawl',
  });
  const job = await waitingJob();
  const shown = (await apiClient(proxied.url).get(`/v1/jobs/${job.id}`)).body;
  const url = urlOf(shown);
  expect(url).toMatch(/^https:\/\/agents\.example\/pawl\/connect\//);
  const opened = await openBrowser().goOn(url.replace('https://agents.example/pawl', proxied.url));
  expect(opened.setCookie).toMatch(/Path=\/pawl\/callback;.* Secure;/);
  expect(opened.headers.get('strict-transport-security')).toContain('max-age');
  const back = sandbox.control.approve(opened.location);
  expect(back).toMatch(/^https:\/\/agents\.example\/pawl\/callback\?/);
});

test('jobs that end while the person consents are not opened again', async () => {
  const job = await waitingJob();
  const browser = openBrowser();
  const back = await consent(browser, job);
  await api.post(`/v1/jobs/${job.id}/cancel`);
  const done = await browser.get(back);
  expect(done.text).toContain('No job waits for it any more.');
  expect(await statusOf(job)).toBe('cancelled');
  await expect(completeJob(gateway.engine, job.id, 'late')).rejects.toThrow(/not claimed/);
});
