import type { Problem, VerifiedAccount } from '@pawl/contracts';
import { testRedis } from '@pawl/testing';
import { expect, test } from 'vitest';
import { digestOf } from '../src/oauth/link-token.ts';
import { type Browser, openBrowser } from './harness/browser.ts';
import { startConnecting } from './harness/connecting.ts';

const page = 'https://app.example/connected?from=pawl';
const redis = testRedis();
const { sandbox, gateway, api, apiOf, newUser, waitingJob, consent, statusOf } =
  await startConnecting(redis, { tenant: 'acme', settings: { connectVerifyUrl: page } });
const otherTenant = await apiOf('evil');

/** Consents to a job's link; answers the code with which the browser is sent to the application. */
async function codeOf(
  job: Awaited<ReturnType<typeof waitingJob>>,
  browser: Browser = openBrowser(),
): Promise<string> {
  const back = await browser.get(await consent(browser, job));
  expect(back.status).toBe(303);
  return new URL(back.location).searchParams.get('code') ?? '';
}

const verify = (body: unknown, by = api) =>
  by.post<Partial<Omit<Problem, 'status'>> & Partial<VerifiedAccount>>('/v1/accounts/verify', body);

test('after consent the browser is sent to the application, and nothing is connected before it confirms', async () => {
  const user = newUser();
  const job = await waitingJob(user);
  const browser = openBrowser();
  const back = await browser.get(await consent(browser, job));
  expect(back.status).toBe(303);
  const sentTo = new URL(back.location);
  expect(sentTo.href).toMatch(/^https:\/\/app\.example\/connected\?from=pawl&code=\d_[\w-]{43}$/);
  expect(await statusOf(job)).toBe('requires_action');
  const account = sandbox.control.accounts().find(({ identifier }) => identifier.endsWith(user));
  expect(account?.status).toBe('PENDING_VERIFICATION');
  const confirmed = await verify({ code: sentTo.searchParams.get('code'), user });
  expect(confirmed.status).toBe(200);
  expect(confirmed.body).toEqual({
    object: 'account',
    user,
    connection: 'gmail',
    status: 'active',
    redirect_url: null,
  });
  expect(await statusOf(job)).toBe('in_progress');
});

test('of several authorizations of one account only the newest can be confirmed', async () => {
  const user = newUser();
  const job = await waitingJob(user);
  const [first, second] = [await codeOf(job), await codeOf(job)];
  expect((await verify({ code: first, user })).body.code).toBe('verification_unknown');
  expect(await statusOf(job)).toBe('requires_action');
  expect((await verify({ code: second, user })).status).toBe(200);
});

test('a code is worth nothing once somebody else has consented for its account', async () => {
  const mallory = newUser();
  const job = await waitingJob(mallory);
  const code = await codeOf(job);
  expect((await openBrowser().get(await consent(openBrowser(), job))).status).toBe(403);
  expect((await verify({ code, user: mallory })).body.code).toBe('verification_unknown');
  expect(await statusOf(job)).toBe('requires_action');
});

test('a person who consents to somebody else’s link connects nothing, now or later', async () => {
  const [mallory, victim] = [newUser(), newUser()];
  const malicious = await waitingJob(mallory);
  const code = await codeOf(malicious);
  const refused = await verify({ code, user: victim });
  expect(refused.status).toBe(403);
  expect(refused.body.code).toBe('verification_mismatch');
  expect(refused.body.detail).not.toContain(mallory);
  expect((await verify({ code, user: mallory })).body.code).toBe('verification_unknown');
  expect(await statusOf(malicious)).toBe('requires_action');
});

test('two users and two codes: each confirms their own, and neither the other’s', async () => {
  const users = [newUser(), newUser()];
  const jobs = await Promise.all(users.map((user) => waitingJob(user)));
  const codes: string[] = [];
  for (const job of jobs) codes.push(await codeOf(job));
  const crossed = await Promise.all([
    verify({ code: codes[0], user: users[1] }),
    verify({ code: codes[1], user: users[0] }),
  ]);
  expect(crossed.map(({ status }) => status)).toEqual([403, 403]);
  expect(await Promise.all(jobs.map(statusOf))).toEqual(['requires_action', 'requires_action']);
  for (const [index, job] of jobs.entries()) {
    const user = users[index];
    expect((await verify({ code: await codeOf(job), user })).status).toBe(200);
  }
  expect(await Promise.all(jobs.map(statusOf))).toEqual(['in_progress', 'in_progress']);
});

test('a code is used once, by two requests at the same time too', async () => {
  const user = newUser();
  const code = await codeOf(await waitingJob(user));
  const answers = await Promise.all([verify({ code, user }), verify({ code, user })]);
  expect(answers.map(({ status }) => status).toSorted((one, other) => one - other)).toEqual([
    200, 404,
  ]);
  expect((await verify({ code, user })).body.code).toBe('verification_unknown');
});

test('another tenant’s key confirms nothing, and does not use the code up', async () => {
  const user = newUser();
  const code = await codeOf(await waitingJob(user));
  expect((await verify({ code, user }, otherTenant)).body.code).toBe('verification_unknown');
  expect((await verify({ code, user })).status).toBe(200);
});

test('without an API key nothing is confirmed', async () => {
  const user = newUser();
  const code = await codeOf(await waitingJob(user));
  const answer = await fetch(`${gateway.url}/v1/accounts/verify`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ code, user }),
  });
  expect(answer.status).toBe(401);
});

test('a code expires after ten minutes', async () => {
  const user = newUser();
  const before = await redis.keys();
  const code = await codeOf(await waitingJob(user));
  const isState = (key: string) => key.includes(':oauth-state:') && !before.includes(key);
  const [key = '', ...others] = (await redis.keys()).filter(isState);
  expect(others).toEqual([]);
  const lifetime = await redis.redis.pttl(key);
  expect(lifetime).toBeGreaterThan(0);
  expect(lifetime).toBeLessThanOrEqual(600_000);
  await redis.redis.pexpire(key, 0);
  expect((await verify({ code, user })).body.code).toBe('verification_unknown');
});

test('while Scalekit does not answer, the code stays good', async () => {
  const user = newUser();
  const job = await waitingJob(user);
  const code = await codeOf(job);
  sandbox.control.addFault({
    match: { operation: 'VerifyConnectedAccountUser' },
    effect: { kind: 'grpc_status', code: 'DeadlineExceeded' },
  });
  const away = await verify({ code, user });
  expect(away.status).toBe(503);
  expect(away.body.code).toBe('scalekit_unavailable');
  expect(away.headers.get('retry-after')).toBe('5');
  expect((await verify({ code, user })).status).toBe(200);
  expect(await statusOf(job)).toBe('in_progress');
});

test('an authorization that was for another connection is not taken for this one', async () => {
  const user = newUser();
  const [mail, code] = [await waitingJob(user), await waitingJob(user, 'github')];
  const browser = openBrowser();
  const [back, other] = [await consent(browser, mail), await consent(browser, code)].map(
    (address) => new URL(address),
  );
  back?.searchParams.set('auth_request_id', other?.searchParams.get('auth_request_id') ?? '');
  const { location } = await browser.get(back?.href ?? '');
  const answer = await verify({ code: new URL(location).searchParams.get('code'), user });
  expect(answer.body.code).toBe('account_not_verified');
  expect(await statusOf(mail)).toBe('requires_action');
});

test('a callback still counts in the browser only that has begun, and once', async () => {
  const browser = openBrowser();
  const back = await consent(browser, await waitingJob());
  expect((await openBrowser().get(back)).status).toBe(403);
  expect((await browser.get(back)).status).toBe(303);
  expect((await browser.get(back)).status).toBe(403);
});

test('a code is no state: with it no authorization can be begun anew', async () => {
  const code = await codeOf(await waitingJob());
  const cookie = `pawl_connect_${digestOf(code).slice(0, 16)}=acme`;
  const answer = await openBrowser(cookie).get(
    `${gateway.url}/callback?state=${code}&auth_request_id=another`,
  );
  expect(answer.status).toBe(403);
});

test('a person who denies is told so by Pawl, and the application gets no code', async () => {
  const browser = openBrowser();
  const back = new URL(await consent(browser, await waitingJob()));
  back.searchParams.delete('auth_request_id');
  back.searchParams.set('error', 'access_denied');
  const denied = await browser.get(back.href);
  expect(denied.location).toBe('');
  expect(denied.text).toContain('You did not grant access');
});

test.each([
  [{ user: 'user_1' }, 'code'],
  [{ code: '0_aaaaaaaaaaaaaaaaaaaaaaaa' }, 'user'],
  [{ code: '../x', user: 'user_1' }, 'code'],
  [{ code: '0_aaaaaaaaaaaaaaaaaaaaaaaa', user: 'user_1', connection: 'gmail' }, 'connection'],
])('%j is a 400 that names %s', async (body, path) => {
  const answer = await verify(body);
  expect(answer.status).toBe(400);
  expect(answer.body.errors?.map((error) => error.path)).toContain(path);
});

test('no code reaches the log', async () => {
  const user = newUser();
  const code = await codeOf(await waitingJob(user));
  await verify({ code, user });
  await verify({ code, user: 'another' });
  expect(gateway.logged.join('')).not.toContain(code.slice(2));
});
