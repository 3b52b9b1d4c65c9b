import { randomBytes } from 'node:crypto';
import type { AccountLink, AccountList, Problem, VerifiedAccount } from '@pawl/contracts';
import { testRedis } from '@pawl/testing';
import { expect, test } from 'vitest';
import { openBrowser } from './harness/browser.ts';
import { reachable, startConnecting } from './harness/connecting.ts';
import { startTestGateway } from './harness/start-test-gateway.ts';
import { apiClient } from './harness/api-client.ts';

const secret = `whsec_${randomBytes(24).toString('base64')}`;
const redis = testRedis();
const { sandbox, gateway, api, newUser, waitingJob, statusOf } = await startConnecting(redis, {
  settings: {
    scalekitWebhookSecrets: [secret],
    returnOrigins: ['https://app.example'],
  },
});
const url = `${gateway.url}/webhooks/scalekit`;

const accountsOf = async (user: string) =>
  (await api.get<AccountList>(`/v1/accounts?user=${user}`)).body.data;
const linkFor = (user: string, fields: object = {}) =>
  api.post<AccountLink>('/v1/accounts/links', { user, connection: 'gmail', ...fields });
const remove = (user: string, connection = 'gmail') =>
  api.send<Problem>(`/v1/accounts/${connection}?user=${user}`, { method: 'DELETE' });

test('a settings page connects an account by a link, sees it, and disconnects it', async () => {
  const user = newUser();
  expect(await accountsOf(user)).toEqual([]);
  const made = await linkFor(user, { return_url: 'https://app.example/settings?tab=1' });
  expect(made.status).toBe(201);
  const browser = openBrowser();
  const page = await browser.get(reachable(made.body.url));
  expect(page.text).toContain(user);
  expect(page.headers.get('content-security-policy')).toContain('https://app.example');
  const opened = await browser.goOn(reachable(made.body.url));
  const done = await browser.get(reachable(sandbox.control.approve(opened.location) ?? ''));
  expect([done.status, done.location]).toEqual([303, 'https://app.example/settings?tab=1']);
  expect(await accountsOf(user)).toMatchObject([{ user, connection: 'gmail', status: 'active' }]);
  expect((await remove(user)).status).toBe(204);
  expect(await accountsOf(user)).toEqual([]);
  expect((await remove(user)).status).toBe(404);
});

test('a link of the application resumes the jobs that wait for the account', async () => {
  const user = newUser();
  const job = await waitingJob(user);
  const browser = openBrowser();
  const opened = await browser.goOn(reachable((await linkFor(user)).body.url));
  const done = await browser.get(reachable(sandbox.control.approve(opened.location) ?? ''));
  expect(done.text).toContain('The job that waited for it goes on.');
  expect(await statusOf(job)).toBe('in_progress');
});

test('a browser is sent to origins of the operator only', async () => {
  for (const address of [
    'https://evil.example/',
    'https://app.example.evil.example/',
    'http://app.example/',
  ]) {
    const { status, body } = await api.post<Problem>('/v1/accounts/links', {
      user: newUser(),
      connection: 'gmail',
      return_url: address,
    });
    expect([status, body.errors?.[0]?.path]).toEqual([400, 'return_url']);
  }
  const script = await linkFor(newUser(), { return_url: 'javascript:alert(1)' });
  expect(script.status).toBe(400);
});

test('where the application vouches for its users, it is told where to send the browser', async () => {
  const vouching = await startTestGateway(redis, {
    scalekit: sandbox,
    settings: {
      connectVerifyUrl: 'https://app.example/verify',
      returnOrigins: ['https://app.example'],
    },
  });
  const user = newUser();
  const client = apiClient(vouching.url);
  const { body: link } = await client.post<AccountLink>('/v1/accounts/links', {
    user,
    connection: 'gmail',
    return_url: 'https://app.example/settings',
  });
  const browser = openBrowser();
  const opened = await browser.goOn(reachable(link.url));
  const back = await browser.get(reachable(sandbox.control.approve(opened.location) ?? ''));
  const code = new URL(back.location).searchParams.get('code');
  const { body } = await client.post<VerifiedAccount>('/v1/accounts/verify', { code, user });
  expect(body.redirect_url).toBe('https://app.example/settings');
});

test("Scalekit's event resumes all jobs of that user and account, and no other's", async () => {
  const [user, other] = [newUser(), newUser()];
  const jobs = [await waitingJob(user), await waitingJob(user), await waitingJob(user)];
  const strangers = [await waitingJob(user, 'github'), await waitingJob(other)];
  const account = { identifier: user, connection: 'gmail' };
  sandbox.control.setAccountStatus(account, 'ACTIVE');
  const type = 'connected_account.status_updated';
  expect(await sandbox.control.sendEvent(account, { url, secret, type })).toBe(204);
  expect(new Set(await Promise.all(jobs.map(statusOf)))).toEqual(new Set(['in_progress']));
  expect(new Set(await Promise.all(strangers.map(statusOf)))).toEqual(new Set(['requires_action']));
});

test('an event is a hint: what Scalekit answers when it is asked counts', async () => {
  const user = newUser();
  const job = await waitingJob(user);
  const account = { identifier: user, connection: 'gmail' };
  const event = { url, secret, type: 'connected_account.oauth_succeeded' };
  expect(await sandbox.control.sendEvent(account, event)).toBe(204);
  expect(await statusOf(job)).toBe('requires_action');
});

test('an event is worked off once, and again only if Scalekit could not be asked', async () => {
  const user = newUser();
  const job = await waitingJob(user);
  const account = { identifier: user, connection: 'gmail' };
  sandbox.control.setAccountStatus(account, 'ACTIVE');
  const event = { url, secret, type: 'connected_account.status_updated', id: `evt_${user}` };
  sandbox.control.addFault({
    match: { operation: 'GetConnectedAccountAuth' },
    effect: { kind: 'grpc_status', code: 'DeadlineExceeded' },
  });
  expect(await sandbox.control.sendEvent(account, event)).toBe(503);
  expect(await statusOf(job)).toBe('requires_action');
  expect(await sandbox.control.sendEvent(account, event)).toBe(204);
  expect(await statusOf(job)).toBe('in_progress');
  const later = await waitingJob(user);
  expect(await sandbox.control.sendEvent(account, event)).toBe(204);
  expect(await statusOf(later)).toBe('requires_action');
});

test("what is not signed with Scalekit's secret is refused", async () => {
  const account = { identifier: newUser(), connection: 'gmail' };
  const other = `whsec_${randomBytes(24).toString('base64')}`;
  const event = { url, secret: other, type: 'connected_account.status_updated' };
  expect(await sandbox.control.sendEvent(account, event)).toBe(401);
  const { status, body } = await api.post<Problem>('/webhooks/scalekit', {});
  expect([status, body.code]).toEqual([401, 'signature_invalid']);
  const without = await startTestGateway(redis, { scalekit: sandbox });
  expect((await apiClient(without.url).post('/webhooks/scalekit', {})).status).toBe(404);
});
