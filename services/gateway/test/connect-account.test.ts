import type { Job } from '@pawl/contracts';
import { startSandbox } from '@pawl/sandbox';
import { testRedis } from '@pawl/testing';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { apiClient } from './harness/api-client.ts';
import { openBrowser } from './harness/browser.ts';
import { blockJob, completeJob } from './harness/drive-job.ts';
import { startTestGateway } from './harness/start-test-gateway.ts';

const redis = testRedis();
const sandbox = await startSandbox();
afterAll(() => sandbox.close());
beforeEach(() => sandbox.control.clearFaults());
const gateway = await startTestGateway(redis, { scalekit: sandbox });
const api = apiClient(gateway.url);
let users = 0;

const newUser = () => `user_${(users += 1)}`;

/** A job that waits for its user's account, as the API shows it. */
async function waitingJob(user = newUser(), connection = 'gmail'): Promise<Job> {
  const { body } = await api.post('/v1/jobs', {
    prompt: 'Read my mails',
    user,
    connections: [connection],
  });
  await blockJob(gateway.engine, body.id, connection);
  return (await api.get(`/v1/jobs/${body.id}`)).body;
}

const urlOf = ({ required_action: action }: Job) =>
  action?.type === 'connect_account' ? action.url : '';
/** The link's own address: `localhost` may mean another loopback address here. */
const linkOf = (job: Job) => reachable(urlOf(job));
const reachable = (url: string) => url.replace(/^http:\/\/localhost:/, 'http://127.0.0.1:');
const statusOf = async (job: Job) => (await api.get(`/v1/jobs/${job.id}`)).body.status;

/** Opens the link and consents; answers where the browser is sent back to. */
async function consent(browser: ReturnType<typeof openBrowser>, job: Job): Promise<string> {
  const opened = await browser.get(linkOf(job));
  expect(opened.status).toBe(303);
  return reachable(sandbox.control.approve(opened.location) ?? '');
}

test('a person opens the link, consents, comes back, and the job goes on', async () => {
  const job = await waitingJob();
  const browser = openBrowser();
  const opened = await browser.get(linkOf(job));
  expect(opened.status).toBe(303);
  expect(opened.location).toMatch(new RegExp(`^${sandbox.origin}/magicLink/`));
  expect(opened.setCookie).toMatch(
    /^pawl_connect_[0-9a-f]{16}=[\w-]{43}; Max-Age=\d+; Path=\/callback; Expires=[^;]+; HttpOnly; SameSite=Lax$/,
  );
  expect(await statusOf(job)).toBe('requires_action');

  const back = sandbox.control.approve(opened.location) ?? '';
  expect(back).toMatch(/^http:\/\/localhost:\d+\/callback\?auth_request_id=.+&state=0_/);
  const done = await browser.get(reachable(back));
  expect(done.status).toBe(200);
  expect(done.text).toContain('gmail is connected');
  expect(done.text).toContain('The job that waited for it goes on.');
  expect(await statusOf(job)).toBe('in_progress');
  expect((await gateway.store.readJob(job.id))?.phase).toMatchObject({ step: { status: 'ready' } });
});

test('one authorization resumes every job of that user and connection, and no other', async () => {
  const [user, other] = [newUser(), newUser()];
  const jobs = [await waitingJob(user), await waitingJob(user), await waitingJob(user)];
  const [first] = jobs;
  const strangers = [await waitingJob(user, 'github'), await waitingJob(other)];
  const browser = openBrowser();
  const done = await browser.get(await consent(browser, first as Job));
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

test('opening a link whose account is active by now resumes the job at once', async () => {
  const user = newUser();
  const job = await waitingJob(user);
  sandbox.control.setAccountStatus({ identifier: user, connection: 'gmail' }, 'ACTIVE');
  const opened = await openBrowser().get(linkOf(job));
  expect(opened.status).toBe(200);
  expect(opened.text).toContain('gmail is connected');
  expect(await statusOf(job)).toBe('in_progress');
});

test('a link may be opened any number of times, and any of them can be followed', async () => {
  const job = await waitingJob();
  const scanner = openBrowser();
  await scanner.get(linkOf(job));
  const browser = openBrowser();
  const first = await consent(browser, job);
  await browser.get(linkOf(job));
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

test.each(['x', 'job_0_unknown.secret', 'job_0_unknown', '.secret', '%E0%A4%A', 'job_77_a.b'])(
  'the link /connect/%s is not known',
  async (token) => {
    const opened = await openBrowser().get(`${gateway.url}/connect/${token}`);
    expect(opened.status).toBe(404);
    expect(opened.text).toContain('This link is not known');
  },
);

test('a link with another secret opens nothing', async () => {
  const job = await waitingJob();
  const guessed = linkOf(job).replace(/.$/, (last) => (last === 'a' ? 'b' : 'a'));
  const opened = await openBrowser().get(guessed);
  expect(opened.status).toBe(410);
  expect(opened.setCookie).toBe('');
  expect(await statusOf(job)).toBe('requires_action');
});

test('a callback in another browser is refused, and does not use up the state', async () => {
  const job = await waitingJob();
  const browser = openBrowser();
  const back = await consent(browser, job);
  const victim = openBrowser();
  const stolen = await victim.get(back);
  expect(stolen.status).toBe(403);
  expect(stolen.text).toContain('cannot be finished here');
  await victim.get(linkOf(job));
  expect((await victim.get(back)).status).toBe(403);
  expect(await statusOf(job)).toBe('requires_action');
  expect((await browser.get(back)).status).toBe(200);
  expect(await statusOf(job)).toBe('in_progress');
});

test('a wrong cookie of the right name is refused, and does not use up the state', async () => {
  const job = await waitingJob();
  const browser = openBrowser();
  const back = await consent(browser, job);
  const forger = openBrowser(browser.cookies().replace(/=.*/, '=forged'));
  expect((await forger.get(back)).status).toBe(403);
  expect((await browser.get(back)).status).toBe(200);
});

test('a state is used once', async () => {
  const job = await waitingJob();
  const browser = openBrowser();
  const back = await consent(browser, job);
  const cookies = browser.cookies();
  expect((await browser.get(back)).status).toBe(200);
  expect((await browser.get(back)).status).toBe(403);
  expect((await openBrowser(cookies).get(back)).status).toBe(403);
});

test('two callbacks at once verify once', async () => {
  const job = await waitingJob();
  const browser = openBrowser();
  const back = await consent(browser, job);
  const answers = await Promise.all([browser.get(back), browser.get(back)]);
  expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 403]);
});

test.each([
  ['an unknown state', '?auth_request_id=a&state=0_aaaaaaaaaaaaaaaaaaaaaaaa', 403],
  ['no state', '?auth_request_id=a', 400],
  ['no authorization', '?state=0_aaaaaaaaaaaaaaaaaaaaaaaa', 400],
  ['a malformed state', '?auth_request_id=a&state=../../x', 400],
  ['two states', '?auth_request_id=a&state=0_a&state=0_b', 400],
  ['nothing', '', 400],
])('a callback with %s is refused', async (_what, query, status) => {
  const answer = await openBrowser().get(`${gateway.url}/callback${query}`);
  expect(answer.status).toBe(status);
});

test('an authorization of another user does not count for the job’s', async () => {
  const [job, attackers] = [await waitingJob(), await waitingJob()];
  const attacker = openBrowser();
  const own = new URL(await consent(attacker, attackers));
  const browser = openBrowser();
  const back = new URL(await consent(browser, job));
  back.searchParams.set('auth_request_id', own.searchParams.get('auth_request_id') ?? '');
  const refused = await browser.get(back.href);
  expect(refused.status).toBe(403);
  expect(refused.text).toContain('The account was not connected');
  expect(await statusOf(job)).toBe('requires_action');
  expect(await statusOf(attackers)).toBe('requires_action');
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
  const refused = await openBrowser().get(linkOf(job));
  expect(refused.status).toBe(503);
  expect(refused.headers.get('retry-after')).toBe('5');
  expect(refused.text).toContain('Please try again');
  sandbox.control.clearFaults();
  expect((await openBrowser().get(linkOf(job))).status).toBe(303);
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
  const opened = await openBrowser().get(`${wrong.url}${link.pathname}`);
  expect(opened.status).toBe(502);
  expect(wrong.logged.join('')).toContain('scalekit_unauthorized');
  expect((await openBrowser().get(link.href)).status).toBe(303);
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
      const opened = await browser.get(`${other.url}${pathname}`);
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
  const opened = await openBrowser().get(url.replace('https://agents.example/pawl', proxied.url));
  expect(opened.setCookie).toMatch(/Path=\/pawl\/callback;.* Secure;/);
  expect(opened.headers.get('strict-transport-security')).toContain('max-age');
  const back = sandbox.control.approve(opened.location);
  expect(back).toMatch(/^https:\/\/agents\.example\/pawl\/callback\?/);
});

test('pages are protected, and escape what they show', async () => {
  const user = newUser();
  const job = await waitingJob(user);
  sandbox.control.setAccountStatus({ identifier: user, connection: 'gmail' }, 'ACTIVE');
  const { headers, text } = await openBrowser().get(linkOf(job));
  expect(headers.get('content-type')).toBe('text/html; charset=utf-8');
  expect(headers.get('content-security-policy')).toBe(
    "default-src 'none';style-src 'unsafe-inline';base-uri 'none';form-action 'none';frame-ancestors 'none'",
  );
  expect(headers.get('referrer-policy')).toBe('no-referrer');
  expect(headers.get('cache-control')).toBe('no-store');
  expect(headers.get('x-content-type-options')).toBe('nosniff');
  expect(text).not.toContain('<script');
});

test('no link, state, code or cookie reaches the log', async () => {
  const job = await waitingJob();
  const browser = openBrowser();
  const back = new URL(await consent(browser, job));
  await browser.get(back.href);
  await openBrowser().get(
    `${gateway.url}/callback?auth_request_id=secret-code&state=0_${'s'.repeat(30)}`,
  );
  const log = gateway.logged.join('');
  const secrets = [
    linkOf(job).split('.').at(-1),
    back.searchParams.get('state'),
    back.searchParams.get('auth_request_id'),
    'secret-code',
    's'.repeat(30),
    ...browser.cookies().split('='),
  ];
  for (const secret of secrets) {
    if (secret !== undefined && secret !== null && secret !== '') expect(log).not.toContain(secret);
  }
  expect(log).toContain('/connect/:token');
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
