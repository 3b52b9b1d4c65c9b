import { createGate } from '@pawl/testing';
import { expect, test } from 'vitest';
import type { FakeGatewayScript, Stage } from './fake-gateway.ts';
import { gatewayWith } from './fake-gateway.ts';
import { aJob, waitingFor } from './job-fixtures.ts';
import { runAgainst } from './run-against.ts';
import { serve } from './serve.ts';

const CONSENT = `<h1>Allow?</h1><form method="post">
  <input type="hidden" name="csrf" value="1">
  <button name="decision" value="approve">Approve</button>
  <button name="decision" value="deny">Deny</button></form>`;

/** The gateway's own page before it. */
const CONNECT = `<h1>Connect?</h1><form method="post">
  <input type="hidden" name="proof" value="p"><button type="submit">Continue</button></form>`;

/** A sandbox's consent page that returns to the gateway once it was approved. */
function startConsentPage(callback: () => string, page = CONSENT): Promise<string> {
  return serve((request, response) => {
    if (request.method === 'GET') {
      response.writeHead(200).end(page);
      return;
    }
    let body = '';
    request.on('data', (chunk) => (body += String(chunk)));
    request.on('end', () => {
      const isRight = body === 'csrf=1&decision=approve';
      response.writeHead(isRight ? 303 : 400, { location: callback() }).end();
    });
  });
}

interface Setting {
  /** What the link answers, if not with the gateway's page. */
  readonly link?: { status: number; headers?: Record<string, string>; body?: string };
  /** Where the gateway's page leads to, if not to the consent page. */
  readonly leadsTo?: string;
  readonly callbackStatus?: number;
  readonly consentPage?: string;
}

/** A job that waits for gmail until the browser that was given the cookie came back, or until it is told. */
async function waitingJob(setting: Setting = {}) {
  const resumed = createGate();
  const home = { url: '' };
  const sandbox = await startConsentPage(
    () => `${home.url}/callback?state=s&auth_request_id=a`,
    setting.consentPage,
  );
  const pages: FakeGatewayScript['pages'] = {
    'GET /connect/token': () =>
      setting.link ?? {
        status: 200,
        headers: { 'set-cookie': 'page=1; Path=/connect/token; HttpOnly' },
        body: CONNECT,
      },
    'POST /connect/token': (request) => {
      if (request.headers.cookie !== 'page=1') return { status: 403, body: CONNECT };
      return {
        status: 303,
        headers: {
          location: setting.leadsTo ?? `${sandbox}/magicLink/x`,
          'set-cookie': 'pawl=1; Path=/callback; HttpOnly',
        },
      };
    },
    'GET /callback': (request) => {
      if (setting.callbackStatus !== undefined) return { status: setting.callbackStatus };
      if (request.headers.cookie !== 'pawl=1') return { status: 403 };
      resumed.open();
      return { status: 200, body: 'gmail is connected' };
    },
  };
  const waiting = aJob({ sequence: 2 });
  const stages: Stage[] = [
    { snapshot: { job: aJob(), steps: [] } },
    { snapshot: { job: waiting, steps: [] } },
    {
      snapshot: {
        job: aJob({ status: 'completed', sequence: 5, result: { text: 'Done.' } }),
        steps: [],
      },
      when: resumed.opened,
    },
  ];
  const gateway = await gatewayWith({ stages, pages });
  home.url = gateway.url;
  const link = `${gateway.url}/connect/token`;
  Object.assign(waiting, waitingFor('gmail', link));
  const inSandbox = { PAWL_SANDBOX: '1', PAWL_SANDBOX_URL: sandbox };
  return { gateway, link, inSandbox, goOn: resumed.open };
}

test('in the sandbox the link is followed by itself, over the gateway’s page, consent and callback', async () => {
  const { gateway, link, inSandbox } = await waitingJob();
  const run = runAgainst(gateway.url, { environment: inSandbox });
  expect(await run.exitCode).toBe(0);
  expect(run.stdout.text).toContain(
    [
      'Authorization required.',
      'Open this link and complete the flow:',
      '',
      link,
      '',
      `Waiting for callback on ${gateway.url}/callback ...`,
      '(sandbox) the link is followed by itself',
      'Connected account is now active.',
      '',
      'Final answer:',
    ].join('\n'),
  );
});

test('with real credentials the link waits for the person, and nothing opens it', async () => {
  const { gateway, goOn } = await waitingJob();
  const run = runAgainst(gateway.url);
  await expect.poll(() => run.stdout.text).toContain('Waiting for callback');
  goOn();
  expect(await run.exitCode).toBe(0);
  expect(gateway.requests).not.toContain('GET /connect/token');
  expect(run.stdout.text).not.toContain('(sandbox)');
});

test('a browser is opened where that is asked for, in the sandbox too', async () => {
  const { gateway, link, inSandbox, goOn } = await waitingJob();
  const opened: string[] = [];
  const run = runAgainst(gateway.url, {
    words: ['--open-in-browser'],
    environment: inSandbox,
    openBrowser: (url) => {
      opened.push(url);
      goOn();
      return Promise.resolve();
    },
  });
  expect(await run.exitCode).toBe(0);
  expect(opened).toEqual([link]);
  expect(gateway.requests).not.toContain('GET /connect/token');
});

test('without a browser the person can still open the link', async () => {
  const { gateway, goOn } = await waitingJob();
  const run = runAgainst(gateway.url, {
    words: ['--open-in-browser'],
    openBrowser: () => Promise.reject(new Error('there is no desktop')),
  });
  await expect
    .poll(() => run.stdout.text)
    .toContain('No browser could be opened: there is no desktop');
  goOn();
  expect(await run.exitCode).toBe(0);
});

test.each<[string, Setting, string]>([
  [
    'a link that leads to another place is not approved there',
    { leadsTo: 'https://real.scalekit.dev/magicLink/x' },
    "it led to real.scalekit.dev and not to the sandbox's consent page",
  ],
  ['an unknown link is said', { link: { status: 404 } }, '(status 404)'],
  [
    'a page without an approve button is said',
    { consentPage: '<form><button>Deny</button></form>' },
    'there is nothing to approve at',
  ],
  [
    'a form that goes elsewhere is not sent',
    { consentPage: '<form method=post action="https://a.test/"><button>Approve</button></form>' },
    "the consent page's form goes to a.test",
  ],
  ['a refused callback is said', { callbackStatus: 403 }, 'the approval ended with status 403'],
])('%s, and the job still waits for the person', async (_name, setting, reason) => {
  const { gateway, inSandbox, goOn } = await waitingJob(setting);
  const run = runAgainst(gateway.url, { environment: inSandbox });
  await expect.poll(() => run.stdout.text).toContain('Open it in a browser instead.');
  expect(run.stdout.text).toContain('(sandbox) the link could not be followed: ');
  expect(run.stdout.text).toContain(reason);
  goOn();
  expect(await run.exitCode).toBe(0);
});

test.each([200, 410])('a link that asks nothing any more (%i) is no failure', async (status) => {
  const { gateway, inSandbox, goOn } = await waitingJob({ link: { status } });
  const run = runAgainst(gateway.url, { environment: inSandbox });
  await expect.poll(() => gateway.requests).toContain('GET /connect/token');
  goOn();
  expect(await run.exitCode).toBe(0);
  expect(run.stdout.text).not.toContain('could not be followed');
});
