import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Schedule, Trigger } from '@pawl/contracts';
import type { Locator, Page } from 'playwright-core';
import { describe, expect, onTestFinished, test } from 'vitest';
import { hasNoChromium } from './harness/chromium.ts';
import { mail, visitConsole } from './harness/visit-console.ts';

const { stack, openTab, newUser, newJob, statusOf } = visitConsole();

/** More than a page of a list has. */
const many = 110;

function times<Made>(count: number, make: (place: number) => Promise<Made>): Promise<Made[]> {
  return Promise.all(Array.from({ length: count }, (_, place) => make(place)));
}

/** Goes down a table to its end, and answers how many rows it has. */
async function rowsOf(page: Page, label: string): Promise<number> {
  const table = page.getByRole('table', { name: label });
  await table.getByRole('row').nth(1).hover();
  const rows = async () => {
    await page.mouse.wheel(0, 100_000);
    return Number(await table.getAttribute('aria-rowcount'));
  };
  await expect.poll(rows).toBeGreaterThan(0);
  return (await rows()) - 1;
}

/** Presses "Show more" until the list has that many items. */
async function showAll(place: Page | Locator, items: Locator, count: number): Promise<void> {
  const more = place.getByRole('button', { name: 'Show more' });
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
    const option = page.getByRole('option', { name: `agent-${many - 1}`, exact: true });
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
    const list = page.getByRole('list', { name: 'Waiting for a decision' });
    await list.waitFor();
    await page.getByRole('link', { name: /100\+/ }).waitFor();
    await showAll(page, list.getByRole('listitem'), 130);
    await page.getByRole('link', { name: /130 waiting/ }).waitFor();
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
    const came = page.getByRole('region', { name: 'What came' });
    await came.getByRole('listitem').first().waitFor();
    await showAll(came, came.getByRole('listitem'), 110);
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
    const jobs = page.getByRole('region', { name: 'Last jobs' });
    await jobs.getByRole('listitem').first().waitFor();
    await showAll(jobs, jobs.getByRole('listitem'), 45);
    expect(await jobs.getByRole('listitem').count()).toBe(45);
  });
});
