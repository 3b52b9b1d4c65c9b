import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Job } from '@pawl/contracts';
import { testRedis } from '@pawl/testing';
import type { Page } from 'playwright-core';
import { afterAll, describe, expect, test } from 'vitest';
import { apiClient } from './harness/api-client.ts';
import { hasNoChromium, startChromium } from './harness/chromium.ts';
import { byRole } from './harness/find.ts';
import { startTestGateway } from './harness/start-test-gateway.ts';

const redis = testRedis();
const gateway = await startTestGateway(redis);
const api = apiClient(gateway.url);
const { port } = new URL(gateway.url);

/** What another program of this machine serves: empty pages, on a port of its own. */
const pages = createServer((_request, response) => {
  response.setHeader('Content-Type', 'text/html').end('<title>evil</title>');
});
pages.listen(0, '127.0.0.1');
await once(pages, 'listening');
afterAll(() => pages.close());
const pagesPort = (pages.address() as AddressInfo).port;

/** `evil.example` is made to point here, as by DNS rebinding, for a browser that does not guard the local network. */
const chromium = startChromium([
  '--host-resolver-rules=MAP evil.example 127.0.0.1',
  '--disable-features=LocalNetworkAccessChecks',
]);

const newJob = async () =>
  (await api.post('/v1/jobs', { prompt: 'a', delay_seconds: 86_400 })).body;
const statusOf = async ({ id }: Job) => (await api.get(`/v1/jobs/${id}`)).body.status;

/** What the gateway has logged of the last request for a job. */
function lastPoll(): Record<string, unknown> | undefined {
  const lines = gateway.logged.map((line) => JSON.parse(line) as Record<string, unknown>);
  return lines.findLast(({ route }) => route === '/v1/jobs/:id');
}

async function openPage(host: string): Promise<Page> {
  const page = await (await chromium.open()).newPage();
  await page.goto(`http://${host}/`);
  return page;
}

/** Sends a POST without a body from a page, as any page may, and waits until it was answered. */
async function sendPost(page: Page, url: string): Promise<void> {
  await page.evaluate(async (to) => {
    await fetch(to, { method: 'POST', mode: 'no-cors' }).catch(() => undefined);
  }, url);
}

const origins = [`127.0.0.1:${pagesPort}`, `localhost:${pagesPort}`, `evil.localhost:${pagesPort}`];

describe.skipIf(hasNoChromium)('without API keys, in Chromium', () => {
  test.each(origins)('a page of %s cancels no job by a POST without a body', async (host) => {
    const job = await newJob();
    const page = await openPage(host);
    for (const name of ['localhost', '127.0.0.1', 'evil.localhost']) {
      await sendPost(page, `http://${name}:${port}/v1/jobs/${job.id}/cancel`);
    }
    expect(await statusOf(job)).toBe('queued');
  });

  test.each(origins)('a page of %s cancels no job by a form', async (host) => {
    const job = await newJob();
    const page = await openPage(host);
    const answered = page.waitForResponse(`http://localhost:${port}/**`);
    const action = `http://localhost:${port}/v1/jobs/${job.id}/cancel`;
    await page.setContent(`<form method="post" action="${action}"><button>Win</button></form>`);
    await byRole(page, 'button').click();
    expect((await answered).status()).toBe(401);
    expect(await statusOf(job)).toBe('queued');
  });

  test('a name that was made to point here reads and cancels nothing, though the page is of the same origin', async () => {
    const job = await newJob();
    const page = await (await chromium.open()).newPage();
    // The attacker's server gave the page; from then on the name leads to this machine.
    await page.route(`http://evil.example:${port}/`, (route) =>
      route.fulfill({ contentType: 'text/html', body: '<title>evil</title>' }),
    );
    await page.goto(`http://evil.example:${port}/`);
    const answers = await page.evaluate(async (id) => {
      const read = await fetch('/v1/jobs');
      const cancelled = await fetch(`/v1/jobs/${id}/cancel`, { method: 'POST' });
      return [read.status, cancelled.status, await read.text()];
    }, job.id);
    expect(answers.slice(0, 2)).toEqual([401, 401]);
    expect(answers[2]).not.toContain(job.id);
    expect(await statusOf(job)).toBe('queued');
  });

  test('a page of another port triggers no schedule', async () => {
    const { body: schedule } = await api.post<{ id: string }>('/v1/schedules', {
      every_seconds: 86_400,
      job: { prompt: 'a' },
    });
    const page = await openPage(origins[1] ?? '');
    await sendPost(page, `http://localhost:${port}/v1/schedules/${schedule.id}/trigger`);
    const { body } = await api.get<{ data: Job[] }>(`/v1/jobs?schedule=${schedule.id}`);
    expect(body.data).toEqual([]);
  });

  test('a page cannot hold long polls open either', async () => {
    const job = await newJob();
    const page = await openPage(origins[0] ?? '');
    await page.evaluate(async (url) => {
      await fetch(url, { mode: 'no-cors' }).catch(() => undefined);
    }, `http://localhost:${port}/v1/jobs/${job.id}?wait=60`);
    await expect.poll(lastPoll).toMatchObject({ status: 401, problem: 'unauthorized' });
  });

  test('a person who types an address of the API into the browser is answered', async () => {
    const page = await (await chromium.open()).newPage();
    const answer = await page.goto(`http://localhost:${port}/v1/jobs`);
    expect(answer?.status()).toBe(200);
  });
});
