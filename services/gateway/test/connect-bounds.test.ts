import { testRedis } from '@pawl/testing';
import { expect, test } from 'vitest';
import { openBrowser } from './harness/browser.ts';
import { linkOf, reachable, startConnecting } from './harness/connecting.ts';

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

test('however often a link is opened, what is kept of it has a bound (invariant 9)', async () => {
  const link = linkOf(await waitingJob());
  const before = await stateKeys();
  for (let opening = 0; opening < 30; opening += 1) await openBrowser().get(link);
  expect((await stateKeys()).length - before.length).toBe(21);
});

test('a person goes on in the first tab, though another tab and a scanner opened the link since', async () => {
  const job = await waitingJob();
  const browser = openBrowser();
  const first = await consent(browser, job);
  const second = await browser.get(linkOf(job));
  const scanner = openBrowser();
  for (let opening = 0; opening < 10; opening += 1) await scanner.get(linkOf(job));
  expect((await browser.get(first)).text).toContain('is connected');
  expect(await statusOf(job)).toBe('in_progress');
  const back = sandbox.control.approve(second.location) ?? '';
  expect((await browser.get(reachable(back))).text).toContain('is connected');
});
