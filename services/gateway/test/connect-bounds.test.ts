import { startSandbox } from '@pawl/sandbox';
import { testRedis } from '@pawl/testing';
import { expect, test } from 'vitest';
import { apiClient } from './harness/api-client.ts';
import { openBrowser } from './harness/browser.ts';
import { linkOf, reachable, startConnecting } from './harness/connecting.ts';
import { startTestGateway } from './harness/start-test-gateway.ts';

const redis = testRedis();
const { sandbox, waitingJob, consent, statusOf } = await startConnecting(redis);

const stateKeys = async () =>
  (await redis.keys()).filter((key) => key.includes(':oauth-state')).toSorted();

test('HEAD, as scanners of links send it, makes nothing and asks for nothing', async () => {
  const link = linkOf(await waitingJob());
  const before = await stateKeys();
  const headed = await fetch(link, { method: 'HEAD', redirect: 'manual' });
  expect(headed.status).toBe(200);
  expect(headed.headers.get('set-cookie')).toBeNull();
  expect(await stateKeys()).toEqual(before);
  const unknown = link.replace(/connect\/.*/, 'connect/x');
  expect((await fetch(unknown, { method: 'HEAD' })).status).toBe(404);
});

/** Counts the links that Scalekit is asked for from now on: a delay of nothing is struck by each. */
function countLinks(): () => number {
  const id = sandbox.control.addFault({
    match: { operation: 'GetMagicLinkForConnectedAccount' },
    times: 'always',
    effect: { kind: 'delay', milliseconds: 0 },
  });
  return () => sandbox.control.faults().find((fault) => fault.id === id)?.struck ?? 0;
}

test('a browser that opens a link again is sent to the same page, and none is made at Scalekit', async () => {
  const link = linkOf(await waitingJob());
  const [made, keys] = [countLinks(), await stateKeys()];
  const browser = openBrowser();
  const first = await browser.goOn(link);
  expect(first.status).toBe(303);
  for (let opening = 0; opening < 10; opening += 1) {
    expect((await browser.goOn(link)).location).toBe(first.location);
  }
  expect(made()).toBe(1);
  expect((await stateKeys()).length - keys.length).toBe(2);
});

test('many browsers that open a link at once get links up to a bound, and are told beyond it', async () => {
  const job = await waitingJob();
  const [made, keys] = [countLinks(), await stateKeys()];
  const visits = await Promise.all(
    Array.from({ length: 60 }, () => openBrowser().goOn(linkOf(job))),
  );
  const refused = visits.filter(({ status }) => status === 429);
  expect(visits.filter(({ status }) => status === 303)).toHaveLength(20);
  expect(refused).toHaveLength(40);
  expect(refused[0]?.text).toContain('opened too often');
  expect(Number(refused[0]?.headers.get('retry-after'))).toBeGreaterThan(0);
  expect(refused[0]?.setCookie).toBe('');
  expect(made()).toBe(20);
  expect((await stateKeys()).length - keys.length).toBe(21);
});

test('links of one account leave those of others alone', async () => {
  const [crowded, other] = [await waitingJob(), await waitingJob()];
  for (let opening = 0; opening < 21; opening += 1) await openBrowser().goOn(linkOf(crowded));
  expect((await openBrowser().goOn(linkOf(crowded))).status).toBe(429);
  expect((await openBrowser().goOn(linkOf(other))).status).toBe(303);
});

test('a link that Scalekit does not make takes no place', async () => {
  const job = await waitingJob();
  const before = await stateKeys();
  sandbox.control.addFault({
    match: { operation: 'GetMagicLinkForConnectedAccount' },
    times: 'always',
    effect: { kind: 'grpc_status', code: 'DeadlineExceeded' },
  });
  for (let opening = 0; opening < 25; opening += 1) {
    expect((await openBrowser().goOn(linkOf(job))).status).toBe(503);
  }
  expect(await stateKeys()).toEqual(before);
  sandbox.control.clearFaults();
  expect((await openBrowser().goOn(linkOf(job))).status).toBe(303);
});

test('a link of Scalekit that has expired is made anew, under the link that the job shows all the time', async () => {
  const brief = await startSandbox({ linkLifetimeSeconds: 10 });
  const other = await startTestGateway(redis, { scalekit: brief });
  try {
    const job = await waitingJob();
    const link = `${other.url}${new URL(linkOf(job)).pathname}`;
    const browser = openBrowser();
    const { location } = await browser.goOn(link);
    const [account] = brief.control.accounts();
    // Revoked or run out: nothing comes of the first one any more.
    brief.control.expireAccount(account ?? { identifier: '', connection: 'gmail' });
    expect(() => brief.control.approve(location)).toThrow('expired');
    expect(linkOf((await apiClient(other.url).get(`/v1/jobs/${job.id}`)).body)).toContain(
      new URL(link).pathname,
    );
    const again = await browser.goOn(link);
    expect(again.location).not.toBe(location);
    const back = reachable(brief.control.approve(again.location) ?? '');
    expect((await browser.get(back)).text).toContain('gmail is connected');
    expect(await statusOf(job)).toBe('in_progress');
  } finally {
    await brief.close();
  }
});

test('a link whose authorization was refused is made anew', async () => {
  const job = await waitingJob();
  const browser = openBrowser();
  const { location } = await browser.goOn(linkOf(job));
  const back = new URL(reachable(sandbox.control.approve(location) ?? ''));
  back.searchParams.delete('auth_request_id');
  back.searchParams.set('error', 'access_denied');
  expect((await browser.get(back.href)).text).toContain('was not connected');
  const again = await browser.goOn(linkOf(job));
  expect(again.status).toBe(303);
  expect(again.location).not.toBe(location);
});

test('a person goes on in the first tab, though another tab and a scanner opened the link since', async () => {
  const job = await waitingJob();
  const browser = openBrowser();
  const first = await consent(browser, job);
  await browser.goOn(linkOf(job));
  const scanner = openBrowser();
  for (let opening = 0; opening < 10; opening += 1) await scanner.goOn(linkOf(job));
  expect((await browser.get(first)).text).toContain('is connected');
  expect(await statusOf(job)).toBe('in_progress');
});
