import type { Schedule } from '@pawl/contracts';
import axe from 'axe-core';
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { hasNoChromium } from './harness/chromium.ts';
import { byLabel, byRole, byText } from './harness/find.ts';
import { visitConsole } from './harness/visit-console.ts';

const { chromium, stack, openTab, newUser, waitingJob } = visitConsole();

describe.skipIf(hasNoChromium)('for whoever cannot see the console', () => {
  test.each(['light', 'dark'] as const)(
    'axe finds nothing on any page in %s',
    async (colorScheme) => {
      const waiting = await waitingJob(`For axe in ${colorScheme}`);
      const { body: schedule } = await stack().api.post<Schedule>('/v1/schedules', {
        every_seconds: 3_600,
        job: { prompt: 'Hourly', user: newUser(), connections: [] },
      });
      await stack().api.post('/v1/agents', {
        name: `axe-${colorScheme}`,
        description: 'For axe',
        instructions: 'Be brief.',
      });
      const { body: trigger } = await stack().api.post<{ id: string }>('/v1/triggers', {
        agent: `axe-${colorScheme}`,
        verify: { type: 'github', secret: '0123456789abcdef' },
        template: 'A new issue: {{/issue/title}}',
      });
      const { page } = await openTab('/jobs', { colorScheme });
      const paths = [
        '/jobs',
        `/jobs/${waiting.id}`,
        `/jobs/${waiting.id}?step=t0c0`,
        `/jobs/${waiting.id}?tab=events`,
        '/inbox',
        '/conversations',
        `/conversations/${waiting.conversation}`,
        '/playground',
        '/agents',
        `/agents/axe-${colorScheme}`,
        '/schedules',
        `/schedules/${schedule.id}`,
        '/triggers',
        `/triggers/${trigger.id}`,
        '/deliveries',
        `/accounts?user=${waiting.user}`,
        '/usage',
        '/health',
        '/keys',
      ];
      const found: string[] = [];
      for (const path of paths) {
        await page.goto(`${stack().url}${path}`);
        await byRole(page, 'heading', undefined, { level: 1 }).waitFor();
        await expect.poll(() => byText(page, 'Loading').count()).toBe(0);
        found.push(...(await violations(page)).map((violation) => `${path}: ${violation}`));
      }
      expect(found).toEqual([]);
    },
  );

  test.each(['light', 'dark'] as const)(
    'axe finds nothing in any form in %s, nor in what is said beside its fields',
    async (colorScheme) => {
      const { page } = await openTab('/jobs', { colorScheme });
      const found: string[] = [];
      for (const [path, button, send] of [
        ['schedules', 'New schedule', 'Make the schedule'],
        ['triggers', 'New trigger', 'Make the trigger'],
        ['agents', 'New agent', 'Make the agent'],
        ['keys', 'Make a key', 'Make the key'],
        ['playground', 'Copy as code', undefined],
        ['playground', 'Save as agent', 'Save'],
      ] as const) {
        await page.goto(`${stack().url}/${path}`);
        await byRole(page, 'button', button).click();
        const form = byRole(page, 'dialog');
        await form.waitFor();
        const look = async () =>
          found.push(...(await violations(page)).map((violation) => `${button}: ${violation}`));
        await look();
        if (send === undefined) continue;
        await byRole(form, 'button', send).click();
        await form.locator('[aria-invalid], [role=alert]').first().waitFor();
        await look();
      }
      expect(found).toEqual([]);
    },
  );

  test('axe finds nothing on the page for signing in, nor on a phone', async () => {
    const page = await (await chromium.open({ viewport: { width: 390, height: 844 } })).newPage();
    await page.goto(stack().url);
    await byLabel(page, 'API key').fill(await stack().newKey('phone'));
    expect(await violations(page)).toEqual([]);
    await byRole(page, 'button', 'Sign in').click();
    await byRole(page, 'row').first().waitFor();
    expect(await violations(page)).toEqual([]);
    await byRole(page, 'button', 'Open the navigation').click();
    await byRole(page, 'link', 'Usage').click();
    await byRole(page, 'heading', 'Cost a day').waitFor();
    expect(await violations(page)).toEqual([]);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(390);
  });
});

interface Violation {
  readonly id: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[];
}

/** What axe has against the page as it stands. */
async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const found = await page.evaluate<Violation[]>(
    'axe.run(document, { resultTypes: ["violations"] }).then((result) => result.violations)',
  );
  return found.map(
    ({ id, nodes }) => `${id} ${nodes[0]?.html.slice(0, 200)} ${nodes[0]?.failureSummary ?? ''}`,
  );
}
