import { testRedis } from '@pawl/testing';
import { expect, test } from 'vitest';
import { openBrowser, proofIn } from './harness/browser.ts';
import { linkOf, startConnecting } from './harness/connecting.ts';
import { startTestGateway } from './harness/start-test-gateway.ts';

const redis = testRedis();
const { sandbox, gateway, newUser, waitingJob, statusOf } = await startConnecting(redis);

const stateKeys = async () => (await redis.keys()).filter((key) => key.includes(':oauth-state'));

test('a link shows whose account it asks for, by which application, before anything leads away', async () => {
  const named = await startTestGateway(redis, {
    scalekit: sandbox,
    settings: { applicationName: 'Acme & Sons' },
  });
  const user = newUser();
  const { pathname } = new URL(linkOf(await waitingJob(user, 'github')));
  const page = await openBrowser().get(`${named.url}${pathname}`);
  expect(page.status).toBe(200);
  expect(page.location).toBe('');
  expect(page.text).toContain('<h1>Connect github to Acme &amp; Sons?</h1>');
  expect(page.text).toContain(`<dt>User</dt><dd><bdi>${user}</bdi></dd>`);
  expect(page.text).toContain('If somebody else sent you this link, close this page');
  expect(page.text).toContain('<form method="post">');
  expect(page.text).not.toContain('<script');
});

test('without a name of the application, the page names the host that people see', async () => {
  const page = await openBrowser().get(linkOf(await waitingJob()));
  expect(page.text).toMatch(/<h1>Connect gmail to localhost:\d+\?<\/h1>/);
});

test('opening a link decides nothing: Scalekit is asked for nothing, and nothing is stored', async () => {
  const job = await waitingJob();
  const keys = await stateKeys();
  sandbox.control.addFault({
    match: { operation: 'GetConnectedAccountAuth' },
    times: 'always',
    effect: { kind: 'grpc_status', code: 'Unavailable' },
  });
  for (let opening = 0; opening < 5; opening += 1) {
    expect((await openBrowser().get(linkOf(job))).status).toBe(200);
  }
  expect(await stateKeys()).toEqual(keys);
  expect(await statusOf(job)).toBe('requires_action');
});

test('the page allows its own form and nothing else', async () => {
  const { headers, setCookie } = await openBrowser().get(linkOf(await waitingJob()));
  expect(headers.get('content-security-policy')).toBe(
    `default-src 'none';style-src 'unsafe-inline';base-uri 'none';form-action 'self' https: ${sandbox.origin};frame-ancestors 'none'`,
  );
  expect(headers.get('referrer-policy')).toBe('same-origin');
  expect(setCookie).toMatch(
    /^pawl_page_[0-9a-f]{16}=[\w-]{43}; Max-Age=3600; Path=\/connect\/job_\d_[^;]+; Expires=[^;]+; HttpOnly; SameSite=Lax$/,
  );
});

test.each([
  ['a < and a "', 'user "<b>', 'user &quot;&lt;b&gt;'],
  ['a mark that turns the text around', 'user \u202Egpj', 'user \uFFFDgpj'],
  ['a mark that is not seen', 'ali\u200Bce', 'ali\uFFFDce'],
])('a user with %s cannot look like another', async (_what, user, shown) => {
  const page = await openBrowser().get(linkOf(await waitingJob(user)));
  expect(page.text).toContain(`<dd><bdi>${shown}</bdi></dd>`);
});

const leadsOn = { status: 303 };
const isShownAgain = { status: 403, location: '' };

test.each([
  ['the page’s own form', {}, leadsOn],
  ['the page’s own form, as a browser says it', { 'Sec-Fetch-Site': 'same-origin' }, leadsOn],
  ['a form of another site', { 'Sec-Fetch-Site': 'cross-site' }, isShownAgain],
  ['a form of a neighbouring site', { 'Sec-Fetch-Site': 'same-site' }, isShownAgain],
  [
    'a form of another origin, in an older browser',
    { Origin: 'https://evil.example' },
    isShownAgain,
  ],
  ['a form that hides its origin', { Origin: 'null' }, isShownAgain],
])('%s is answered accordingly', async (_what, headers, answer) => {
  const job = await waitingJob();
  const browser = openBrowser();
  const proof = proofIn(await browser.get(linkOf(job)));
  expect(await browser.post(linkOf(job), { proof }, headers)).toMatchObject(answer);
});

test('a form without the page’s proof, or with another browser’s, shows the page instead', async () => {
  const job = await waitingJob();
  const [browser, other] = [openBrowser(), openBrowser()];
  const proof = proofIn(await browser.get(linkOf(job)));
  await other.get(linkOf(job));
  const answers = await Promise.all([
    other.post(linkOf(job), { proof }),
    openBrowser().post(linkOf(job), { proof }),
    browser.post(linkOf(job), {}),
    browser.post(linkOf(job), { proof: `${proof.slice(1)}0` }),
    browser.post(linkOf(job), { proof, more: 'a'.repeat(10_000) }),
  ]);
  for (const answer of answers) {
    expect(answer).toMatchObject({ status: 403, location: '' });
    expect(answer.text).toContain('Connect gmail to');
  }
  expect((await browser.post(linkOf(job), { proof })).status).toBe(303);
});

test('a second tab of the page leaves the first one’s button working', async () => {
  const job = await waitingJob();
  const browser = openBrowser();
  const first = proofIn(await browser.get(linkOf(job)));
  await browser.get(linkOf(job));
  expect((await browser.post(linkOf(job), { proof: first })).status).toBe(303);
});

test('the proof of one link opens no other', async () => {
  const [mail, code] = [await waitingJob(), await waitingJob()];
  const browser = openBrowser();
  const proof = proofIn(await browser.get(linkOf(mail)));
  await browser.get(linkOf(code));
  expect((await browser.post(linkOf(code), { proof })).status).toBe(403);
});

test('a page that is left open until its job waits no more says so', async () => {
  const job = await waitingJob();
  const browser = openBrowser();
  const proof = proofIn(await browser.get(linkOf(job)));
  await fetch(`${gateway.url}/v1/jobs/${job.id}/cancel`, { method: 'POST' });
  expect((await browser.post(linkOf(job), { proof })).status).toBe(410);
});
