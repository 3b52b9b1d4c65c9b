import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Schedule, Trigger } from '@pawl/contracts';
import type { Locator, Page } from 'playwright-core';
import { describe, expect, onTestFinished, test } from 'vitest';
import { hasNoChromium } from './harness/chromium.ts';
import { byRole } from './harness/find.ts';
import { mail, visitConsole } from './harness/visit-console.ts';

const { stack, openTab, newUser, newJob, statusOf } = visitConsole();

/** More than a page of a list has. */
const many = 110;

function times<Made>(count: number, make: (place: number) => Promise<Made>): Promise<Made[]> {
  return Promise.all(Array.from({ length: count }, (_, place) => make(place)));
}

/** Goes down a table to its end, and answers how many rows it has. */
async function rowsOf(page: Page, label: string): Promise<number> {
  const table = byRole(page, 'table', label);
  await byRole(table, 'row').nth(1).hover();
  let rows = -1;
  const goDown = async () => {
    await page.mouse.wheel(0, 100_000);
    rows = Number(await table.getAttribute('aria-rowcount'));
    return rows;
  };
  await expect.poll(goDown).toBeGreaterThan(0);
  return rows - 1;
}

/** Presses "Show more" until the list has that many items. */
async function showAll(place: Page | Locator, items: Locator, count: number): Promise<void> {
  const more = byRole(place, 'button', 'Show more');
  while ((await items.count()) < count) {
    const before = await items.count();
    await more.click();
    await expect.poll(() => items.count()).toBeGreaterThan(before);
  }
  await more.waitFor({ state: 'detached' });
}

describe.skipIf(hasNoChromium)('lists of more than a hundred go on', () => {
  test('tables of agents, schedules, triggers and conversations are read to their end', async () => {
    const { api } = stack();
    const user = newUser();
    await times(many, async (place) => {
      await api.post('/v1/agents', { name: `agent-${place}`, instructions: 'Be brief.' });
      await api.post('/v1/schedules', {
        every_seconds: 86_400,
        enabled: false,
        job: { prompt: `Daily ${place}`, user, connections: [] },
      });
      await api.post('/v1/triggers', {
        description: `Trigger ${place}`,
        agent: `agent-${place}`,
        verify: { type: 'github', secret: '0123456789abcdef' },
        template: '{{/issue/title}}',
      });
      await api.post('/v1/jobs', {
        prompt: `Later ${place}`,
        user,
        connections: [],
        delay_seconds: 86_400,
      });
    });
    const { page } = await openTab('/agents');
    expect(await rowsOf(page, 'Agents')).toBe(many);
    for (const [path, label] of [
      ['schedules', 'Schedules'],
      ['triggers', 'Triggers'],
      [`conversations?user=${user}`, 'Conversations'],
    ] as const) {
      await page.goto(`${stack().url}/${path}`);
      expect(await rowsOf(page, label)).toBe(many);
    }
    await page.goto(`${stack().url}/playground`);
    const option = byRole(page, 'option', `agent-${many - 1}`);
    await expect.poll(() => option.count()).toBe(1);
  });

  test('the inbox shows more calls that wait than a page has', async () => {
    const calls = Array.from({ length: 65 }, (_, place) => mail(`Mail ${place}`));
    const jobs = await times(2, () =>
      newJob([calls, { text: 'Sent.' }], {
        tools: { approve: 'writes' },
        limits: { tool_calls: 100 },
      }),
    );
    for (const job of jobs) expect(await statusOf(job)).toBe('requires_action');
    const { page } = await openTab('/inbox');
    const list = byRole(page, 'list', 'Waiting for a decision');
    await list.waitFor();
    await byRole(page, 'link', /100\+/).waitFor();
    await showAll(page, byRole(list, 'listitem'), 130);
    await byRole(page, 'link', /130 waiting/).waitFor();
  });

  test('webhooks, and what came to a trigger, are read on', async () => {
    let received = 0;
    const receiver = createServer((request, response) => {
      received += 1;
      request.resume();
      response.end();
    });
    receiver.listen(0, '127.0.0.1');
    await once(receiver, 'listening');
    onTestFinished(() => void receiver.close());
    const { api } = stack();
    await api.post('/v1/webhook-secrets/rotate');
    const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook`;
    const secret = 'a-bearer-of-sixteen-characters';
    const { body: trigger } = await api.post<Trigger>('/v1/triggers', {
      verify: { type: 'bearer', secret },
      job: { user: newUser(), connections: [], webhook: { url } },
      template: 'Say hello',
    });
    await times(110, (place) =>
      fetch(trigger.url, {
        method: 'POST',
        headers: {
          Authorization: `Bearer ${secret}`,
          'Content-Type': 'application/json',
          'Idempotency-Key': `event-${place}`,
        },
        body: JSON.stringify({ place }),
      }),
    );
    const { page } = await openTab(`/triggers/${trigger.id}`);
    const came = byRole(page, 'region', 'What came');
    await byRole(came, 'listitem').first().waitFor();
    await showAll(came, byRole(came, 'listitem'), 110);
    await expect.poll(() => received).toBe(110);
    await page.goto(`${stack().url}/deliveries`);
    const webhooks = page.locator('details');
    await webhooks.first().waitFor();
    await showAll(page, webhooks, 110);
  });

  test('the last jobs of a schedule are read on', async () => {
    const { api } = stack();
    const { body: schedule } = await api.post<Schedule>('/v1/schedules', {
      every_seconds: 86_400,
      overlap: 'allow',
      job: { prompt: 'Say hello', user: newUser(), connections: [] },
    });
    await times(45, () => api.post(`/v1/schedules/${schedule.id}/trigger`));
    const { page } = await openTab(`/schedules/${schedule.id}`);
    const jobs = byRole(page, 'region', 'Last jobs');
    await byRole(jobs, 'listitem').first().waitFor();
    await showAll(jobs, byRole(jobs, 'listitem'), 45);
    expect(await byRole(jobs, 'listitem').count()).toBe(45);
  });
});
