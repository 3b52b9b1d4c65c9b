import type {
  AcceptedJob,
  Approval,
  ApprovalList,
  Job,
  JobList,
  JsonObject,
  Problem,
} from '@pawl/contracts';
import { cancelJob } from '@pawl/engine';
import { testRedis } from '@pawl/testing';
import { describe, expect, test } from 'vitest';
import { apiClient } from './harness/api-client.ts';
import { openBrowser } from './harness/browser.ts';
import { hasNoChromium, startChromium } from './harness/chromium.ts';
import { reachable, startConnecting } from './harness/connecting.ts';
import { askForCall } from './harness/drive-job.ts';
import { byLabel, byRole, byText } from './harness/find.ts';

const { gateway, sandbox, api, apiOf, newUser } = await startConnecting(testRedis(), {
  tenant: 'acme',
});
const chromium = startChromium();

const input = { query: 'is:unread', max_results: 5 };

interface Asking {
  readonly job: Job;
  /** As the API shows it. */
  readonly link: string;
  readonly url: string;
  readonly approval: string;
}

/** A job of the sandbox's user that asks for approval of one call. */
async function asking(
  given: JsonObject = input,
  tools: object = { approve: 'writes' },
): Promise<Asking> {
  const user = newUser();
  sandbox.control.setAccountStatus({ identifier: `acme::${user}`, connection: 'gmail' }, 'ACTIVE');
  const { body: posted } = await api.post('/v1/jobs', { prompt: 'Read <my> mails', user, tools });
  await askForCall(gateway.engine, posted.id, { input: given });
  const { body: job } = await api.get(`/v1/jobs/${posted.id}`);
  const action = job.required_action;
  if (action?.type !== 'approve_tool_calls') throw new Error('nobody is asked');
  const { url: link } = action;
  if (link === null) throw new Error('the link is hidden');
  return { job, link, url: reachable(link), approval: action.approvals[0]?.id ?? '' };
}

const statusOf = async ({ id }: Job) => (await api.get(`/v1/jobs/${id}`)).body.status;
const approvalOf = async (id: string) => (await api.get<Approval>(`/v1/approvals/${id}`)).body;

const find = async (query: string) =>
  (await api.get<ApprovalList>(`/v1/approvals?limit=100&${query}`)).body.data.map(({ id }) => id);

describe('the API', () => {
  test('a job that asks says which calls, with their arguments and a link', async () => {
    const { job, approval } = await asking();
    expect(job.status).toBe('requires_action');
    expect(job.required_action).toMatchObject({
      type: 'approve_tool_calls',
      url: expect.stringContaining(`/approve/${job.id}.`) as string,
      approvals: [{ id: approval, tool: 'gmail_fetch_mails', input, effect: 'writes' }],
    });
    expect(await approvalOf(approval)).toMatchObject({
      type: 'approve_tool_calls',
      status: 'pending',
      user: job.user,
      input,
      expires_at: job.expires_at,
    });
  });

  test('approvals are found by their type, job and user', async () => {
    const { job, approval } = await asking();
    expect(await find(`job=${job.id}`)).toEqual([approval]);
    expect(await find(`user=${job.user}&type=approve_tool_calls`)).toEqual([approval]);
    expect(await find(`user=${job.user}&type=resolve_tool_outcome`)).toEqual([]);
  });

  test('edited arguments have to fit the tool’s schema: 400 with the path, and nothing is decided', async () => {
    const { job, approval } = await asking();
    const edit = (changed: object) =>
      api.post<Problem>(`/v1/approvals/${approval}`, { decision: 'edit', input: changed });
    const refused = await edit({ max_results: 'many' });
    expect(refused.status).toBe(400);
    expect(refused.body.errors).toMatchObject([{ path: 'input.max_results' }]);
    expect(await approvalOf(approval)).toMatchObject({ status: 'pending', input });
    expect((await edit({ max_results: 2 })).status).toBe(200);
    expect(await approvalOf(approval)).toMatchObject({
      status: 'decided',
      input: { max_results: 2 },
      decision: { decision: 'edit' },
    });
    expect(await statusOf(job)).toBe('in_progress');
  });

  test('a pattern that matches no tool is a warning in the answer, and no error', async () => {
    const user = newUser();
    sandbox.control.setAccountStatus(
      { identifier: `acme::${user}`, connection: 'gmail' },
      'ACTIVE',
    );
    const post = (approve: string[]) =>
      api.post<AcceptedJob>('/v1/jobs', {
        prompt: 'Read',
        user,
        connections: ['gmail'],
        tools: { approve },
      });
    const { status, body } = await post(['gmail_send_*', 'gmial_send_*']);
    expect(status).toBe(202);
    expect(body.warnings).toEqual([
      {
        path: 'tools.approve[1]',
        message: 'gmial_send_* matches no tool of the connections gmail',
      },
    ]);
    expect((await post(['gmail_*'])).body.warnings).toBeUndefined();
  });

  test('a decision is taken once: again is no error, another is 409', async () => {
    const { approval } = await asking();
    const decide = (decision: object) => api.post(`/v1/approvals/${approval}`, decision);
    expect((await decide({ decision: 'approve' })).status).toBe(200);
    expect((await decide({ decision: 'approve' })).status).toBe(200);
    expect((await decide({ decision: 'reject', message: 'No.' })).status).toBe(409);
    expect((await decide({ decision: 'edit', input: {} })).status).toBe(409);
  });

  test('an ended job’s call is 409, another tenant’s and an unknown one 404', async () => {
    const { job, approval } = await asking();
    await cancelJob(gateway.engine, job.id, 'api');
    const approve = { decision: 'approve' };
    expect((await api.post(`/v1/approvals/${approval}`, approve)).status).toBe(409);
    const unknown = approval.replace(/-0-0-0$/, '-0-7-0');
    expect((await api.post(`/v1/approvals/${unknown}`, approve)).status).toBe(404);
    const open = await asking();
    const stranger = await apiOf('stranger');
    expect((await stranger.post(`/v1/approvals/${open.approval}`, approve)).status).toBe(404);
    expect((await stranger.get(`/v1/approvals/${open.approval}`)).status).toBe(404);
  });
});

test('a key that may not decide is not shown the link, in a job or in a list', async () => {
  const { job, link } = await asking();
  const { key } = await gateway.store.createApiKey({
    tenant: 'acme',
    name: 'reader',
    scopes: ['jobs:read'],
  });
  const reader = apiClient(gateway.url, { Authorization: `Bearer ${key}` });
  const { body: read } = await reader.get(`/v1/jobs/${job.id}`);
  expect(read.required_action).toMatchObject({ type: 'approve_tool_calls', url: null });
  const { body: list } = await reader.get<JobList>(`/v1/jobs?user=${job.user}`);
  expect(JSON.stringify(list)).not.toContain(new URL(link).pathname);
});

describe('the page, without a browser', () => {
  test('opening it decides nothing, however often, and a form without its proof neither', async () => {
    const { job, url, approval } = await asking();
    const browser = openBrowser();
    for (let times = 0; times < 3; times += 1) expect((await browser.get(url)).status).toBe(200);
    const forged = await browser.post(url, { approval, decision: 'approve' });
    expect(forged.status).toBe(403);
    expect(forged.text).toContain('not sent from this page');
    expect(await statusOf(job)).toBe('requires_action');
  });

  test('it lets nothing run, be framed or be told on, and shows what is foreign as text', async () => {
    const { url } = await asking({ query: '<script>alert(1)</script>\u202E\u001B[31m' });
    const { headers, text } = await openBrowser().get(url);
    const policy = headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toContain('script-src');
    expect(headers.get('cache-control')).toBe('no-store');
    for (const mark of ['<script', '\u202E', '\u001B']) expect(text).not.toContain(mark);
    expect(text).toContain('&lt;script&gt;');
  });

  test('a link that nobody has made is not known', async () => {
    const { job } = await asking();
    for (const token of ['x', `${job.id}.`, `${job.id}.guess`, 'job_0_nobody.link']) {
      const { status } = await openBrowser().get(reachable(`${gateway.url}/approve/${token}`));
      expect({ token, status }).toEqual({ token, status: 404 });
    }
  });
});

const open = async (link: string, options = {}) => {
  const page = await (await chromium.open(options)).newPage();
  await page.goto(link);
  return page;
};

describe.skipIf(hasNoChromium)('the page, in Chromium', () => {
  test('a person reads every argument and approves, without scripts and by keyboard', async () => {
    const { job, link, approval } = await asking();
    const page = await open(link, { javaScriptEnabled: false });
    await byRole(page, 'heading', 'An agent asks for approval').waitFor();
    await byRole(page, 'heading', 'gmail_fetch_mails').waitFor();
    for (const text of ['Read <my> mails', 'is:unread', 'max_results', 'It changes something.']) {
      await byText(page, text).first().waitFor();
    }
    await byRole(page, 'button', 'Approve').press('Enter');
    await byText(page, /^Approved on /).waitFor();
    await expect.poll(() => byRole(page, 'button').count()).toBe(0);
    expect(await statusOf(job)).toBe('in_progress');
    expect(await approvalOf(approval)).toMatchObject({ decision: { decision: 'approve' } });
  });

  test('a person changes the arguments; what does not fit is said, and decides nothing', async () => {
    const { job, link, approval } = await asking({ query: 'a\u200Bb', max_results: 5 });
    const page = await open(link);
    await byText(page, 'Change the arguments').click();
    const field = byLabel(page, 'The arguments, as JSON');
    expect(await field.inputValue()).toContain('a\\u200bb');
    const approve = byRole(page, 'button', 'Approve with these arguments');
    await field.fill('{ "max_results": "many" }');
    await approve.click();
    await byText(byRole(page, 'alert'), /input\.max_results/).waitFor();
    expect(await statusOf(job)).toBe('requires_action');
    await byText(page, 'Change the arguments').click();
    await field.fill('{ "max_results": 3 }');
    await approve.click();
    await byText(page, /^Approved with the arguments above on /).waitFor();
    expect(await approvalOf(approval)).toMatchObject({ input: { max_results: 3 } });
  });

  test('a person rejects with a reason; a second person sees what was decided, and cannot decide', async () => {
    const { link, approval } = await asking();
    const second = await open(link);
    const first = await open(link);
    await byText(first, 'Reject').first().click();
    await byLabel(first, 'Why not? The agent reads it.').fill('Not today.');
    await byRole(first, 'button', 'Reject').click();
    await byText(first, /^Rejected on /).waitFor();
    await byRole(second, 'button', 'Approve').click();
    await byText(second, /^Rejected on /).waitFor();
    await byText(second, 'Not today.').waitFor();
    expect(await approvalOf(approval)).toMatchObject({ decision: { decision: 'reject' } });
  });

  test('the link of a job that was cancelled says that nothing is left to decide', async () => {
    const { job, link } = await asking();
    const page = await open(link);
    await cancelJob(gateway.engine, job.id, 'api');
    await byRole(page, 'button', 'Approve').click();
    await byText(page, 'The job has ended, so the call was not made.').waitFor();
    expect(await statusOf(job)).toBe('cancelled');
  });
});
