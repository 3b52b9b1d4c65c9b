import { createHmac } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { testRedis } from '@pawl/testing';
import { describe, expect, test } from 'vitest';
import { hasNoChromium, startChromium } from './harness/chromium.ts';
import { completeJob } from './harness/drive-job.ts';
import { startTestGateway } from './harness/start-test-gateway.ts';

const redis = testRedis();
const gateway = await startTestGateway(redis);
const chromium = startChromium();
const build = fileURLToPath(new URL('../../../packages/client/dist', import.meta.url));

/** A page of the gateway's origin that has loaded the built client as `pawl`, and what went wrong on it. */
async function openPage() {
  const page = await (await chromium.open()).newPage();
  const problems: string[] = [];
  page.on('console', (message) => void problems.push(message.text()));
  page.on('pageerror', (error) => void problems.push(error.message));
  await page.route(`${gateway.url}/page/**`, async (route) => {
    const { pathname } = new URL(route.request().url());
    if (pathname === '/page/') return route.fulfill({ contentType: 'text/html', body: '<p>Hi.' });
    const body = await readFile(build + pathname.slice('/page'.length));
    return route.fulfill({ contentType: 'text/javascript', body });
  });
  await page.goto(`${gateway.url}/page/`);
  await page.evaluate(`import('/page/index.js').then((module) => {
    window.pawl = module;
    window.client = module.createPawlClient({ baseUrl: location.origin });
  })`);
  return { page, problems };
}

describe.skipIf(hasNoChromium)('in Chromium', () => {
  test('a page creates a job, follows it until it ends, and lists it', async () => {
    const { page, problems } = await openPage();
    const id = await page.evaluate<string>(`(async () => {
      const job = await client.jobs.create({ prompt: 'Hello!', user: 'browser', connections: [] });
      window.told = [];
      window.opened = new Promise((resolve) => (window.isOpened = resolve));
      window.ended = (async () => {
        for await (const event of client.jobs.stream(job.id)) {
          told.push(event.type);
          isOpened();
        }
        return told;
      })();
      await opened;
      return job.id;
    })()`);
    await completeJob(gateway.engine, id, 'Done.');
    expect(await page.evaluate('ended')).toEqual([
      'job.queued',
      'job.started',
      'turn.started',
      'turn.completed',
      'job.completed',
    ]);
    const found = await page.evaluate(`(async () => {
      const texts = [];
      for await (const job of client.jobs.list({ user: 'browser' })) texts.push(job.result.text);
      return [(await client.jobs.wait(${JSON.stringify(id)})).status, ...texts];
    })()`);
    expect(found).toEqual(['completed', 'Done.']);
    expect(problems).toEqual([]);
  });

  test('a page that leaves a stream early closes its connection', async () => {
    const { page } = await openPage();
    const closed = new Promise((resolve) => {
      page.on('requestfailed', (request) => resolve(request.url()));
    });
    await page.evaluate(`(async () => {
      for await (const event of client.events.stream()) break;
    })()`);
    expect(await closed).toBe(`${gateway.url}/v1/events`);
  });

  test('what a page is refused, and a redirect, are errors with their reason', async () => {
    const { page } = await openPage();
    const failure = (call: string) =>
      page.evaluate(
        `${call}.catch((error) => [error.name, error.code ?? null, error.status ?? null])`,
      );
    expect(await failure(`client.jobs.get('job_0_unknown')`)).toEqual([
      'PawlApiError',
      'not_found',
      404,
    ]);
    await page.route('**/v1/agents', (route) =>
      route.fulfill({ status: 302, headers: { location: '/v1/jobs' } }),
    );
    expect(await failure('client.agents.list()')).toEqual(['PawlAnswerError', null, null]);
  });

  test('a page verifies a webhook', async () => {
    const { page } = await openPage();
    const body = JSON.stringify({ id: 'evt_1', type: 'job.completed', data: { text: 'Größe' } });
    const timestamp = String(Math.floor(Date.now() / 1000));
    const signature = createHmac('sha256', 'a secret')
      .update(`evt_1.${timestamp}.${body}`)
      .digest('base64');
    const headers = {
      'webhook-id': 'evt_1',
      'webhook-timestamp': timestamp,
      'webhook-signature': `v1,${signature}`,
    };
    const secret = `whsec_${Buffer.from('a secret').toString('base64')}`;
    const verified = (text: string) =>
      page.evaluate(
        `pawl.verifyWebhook(...${JSON.stringify([text, headers, secret])}).then(
          (event) => event.data.text, (error) => error.code)`,
      );
    expect(await verified(body)).toBe('Größe');
    expect(await verified(`${body} `)).toBe('wrong_signature');
  });
});
