import { testRedis } from '@pawl/testing';
import { expect, test } from 'vitest';
import { openBrowser } from './harness/browser.ts';
import { linkOf, startConnecting } from './harness/connecting.ts';

const redis = testRedis();
const { sandbox, gateway, newUser, waitingJob, consent, statusOf } = await startConnecting(redis);

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
  await victim.goOn(linkOf(job));
  expect((await victim.get(back)).status).toBe(403);
  expect(await statusOf(job)).toBe('requires_action');
  expect((await browser.get(back)).status).toBe(200);
  expect(await statusOf(job)).toBe('in_progress');
});

test('an authorization that comes back in another browser ends all others of its account', async () => {
  const job = await waitingJob();
  const [first, second] = [openBrowser(), openBrowser()];
  const own = await consent(first, job);
  // The victim was given the address of the consent page itself, and has never seen Pawl's page.
  const victims = await consent(second, job);
  expect((await openBrowser().get(victims)).status).toBe(403);
  // What was begun before would now make the victim's account active.
  expect((await first.get(own)).status).toBe(403);
  expect(await statusOf(job)).toBe('requires_action');
});

test('a wrong cookie of the right name is refused, and does not use up the state', async () => {
  const job = await waitingJob();
  const browser = openBrowser();
  const back = await consent(browser, job);
  const forger = openBrowser(browser.cookies().replaceAll(/=[^;]+/g, '=forged'));
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
  expect(answers.map(({ status }) => status).toSorted((one, other) => one - other)).toEqual([
    200, 403,
  ]);
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

test('pages are protected, and escape what they show', async () => {
  const user = newUser();
  const job = await waitingJob(user);
  sandbox.control.setAccountStatus({ identifier: user, connection: 'gmail' }, 'ACTIVE');
  const { headers, text } = await openBrowser().goOn(linkOf(job));
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
  const cookies = browser.cookies();
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
    ...cookies.split(/=|; /),
  ].map(String);
  expect(secrets.filter((secret) => secret === '' || log.includes(secret))).toEqual([]);
  expect(log).toContain('/connect/:token');
});
