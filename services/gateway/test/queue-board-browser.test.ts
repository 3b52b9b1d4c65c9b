import { testRedis } from '@pawl/testing';
import { describe, expect, test } from 'vitest';
import { apiClient } from './harness/api-client.ts';
import { hasNoChromium, startChromium } from './harness/chromium.ts';
import { byRole, byText } from './harness/find.ts';
import { startTestGateway } from './harness/start-test-gateway.ts';

const redis = testRedis();
const chromium = startChromium();

/** The board with one task that is delayed, opened by a browser that answers with the key where it is asked. */
async function openBoard({ boardWrites }: { readonly boardWrites: boolean }) {
  const gateway = await startTestGateway(redis, {
    partition: String(boardWrites),
    settings: { boardWrites },
  });
  const { key } = await gateway.store.createApiKey({ tenant: 'default', name: 'operator' });
  const api = apiClient(gateway.url, { Authorization: `Bearer ${key}` });
  const { body: job } = await api.post<{ id: string }>('/v1/jobs', {
    prompt: 'Later.',
    delay_seconds: 3_600,
  });
  const context = await chromium.open({ httpCredentials: { username: 'me', password: key } });
  const page = await context.newPage();
  const complaints: string[] = [];
  const elsewhere: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (line) => {
    // The one thing that is refused: a font of another site.
    const isFont = line.text().includes('https://fonts.googleapis.com/');
    if (line.type() === 'error' && !isFont) complaints.push(line.text());
  });
  page.on('requestfinished', (request) => {
    if (!request.url().startsWith(gateway.url)) elsewhere.push(request.url());
  });
  await page.goto(`${gateway.url}/admin/queues`);
  const openTask = async () => {
    await page.goto(`${gateway.url}/admin/queues/queue/turns?status=delayed`);
    await byText(page, `${job.id}.turn.1`).first().waitFor();
  };
  return { page, openTask, complaints, elsewhere };
}

describe.skipIf(hasNoChromium)('the board of queues in Chromium', () => {
  test('lists every queue with its tasks, and loads nothing from elsewhere', async () => {
    const { page, openTask, complaints, elsewhere } = await openBoard({ boardWrites: false });
    const menu = byRole(page, 'navigation');
    for (const name of ['turns', 'tool-calls', 'webhooks', 'schedules']) {
      await byRole(menu, 'link', new RegExp(`^${name}`))
        .first()
        .waitFor();
    }
    await openTask();
    // Retry, promote and clean are buttons of a task.
    const ofTask = byRole(page.locator('main'), 'button');
    const shown = await ofTask.count();
    expect(elsewhere).toEqual([]);
    expect(complaints).toEqual([]);

    const writable = await openBoard({ boardWrites: true });
    await writable.openTask();
    await expect
      .poll(() => byRole(writable.page.locator('main'), 'button').count())
      .toBeGreaterThan(shown);
    expect(writable.complaints).toEqual([]);
  });
});
