import type { Agent, Job, JobDetail, Schedule, Trigger } from '@pawl/contracts';
import { describe, expect, test } from 'vitest';
import { hasNoChromium } from './harness/chromium.ts';
import { visitConsole } from './harness/visit-console.ts';

const { stack, openTab, newUser, newJob, statusOf } = visitConsole();

const readClerk = async () => (await stack().api.get<Agent>('/v1/agents/clerk')).body;

interface List<Item> {
  readonly data: readonly Item[];
}

describe.skipIf(hasNoChromium)('what is made and changed in the console', () => {
  test('a schedule is made, with what the API has against it beside its fields, and changed', async () => {
    const { page } = await openTab('/schedules');
    const user = newUser();
    await page.getByRole('button', { name: 'New schedule' }).click();
    const form = page.getByRole('dialog', { name: 'New schedule' });
    await form.getByLabel('Prompt', { exact: true }).fill('Report the night');
    await form.getByLabel('User').fill(user);
    await form.getByLabel('Cron').fill('0 7 * * 1-5');
    await form.getByLabel('Time zone').fill('Europe/Nowhere');
    await form.getByRole('button', { name: 'Make the schedule' }).click();
    const zone = form.getByLabel('Time zone');
    await expect.poll(() => zone.getAttribute('aria-invalid')).toBe('true');
    await zone.fill('Europe/Berlin');
    const preview = form.getByRole('region', { name: 'When it would run' });
    await preview.getByText('At 07:00, Monday through Friday (Europe/Berlin)').waitFor();
    await expect.poll(() => preview.getByRole('listitem').count()).toBe(5);
    await form.getByRole('button', { name: 'Make the schedule' }).click();
    await page.waitForURL('**/schedules/sch_*');
    await page.getByRole('button', { name: 'Edit' }).click();
    const change = page.getByRole('dialog', { name: 'Change the schedule' });
    await change.getByLabel('Runs').selectOption('By the calendar (cron)');
    await change.getByLabel('Cron').fill('30 6 * * *');
    await change.getByText('Limits and more').click();
    await change.getByLabel('Turns').fill('3');
    await change.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('heading', { name: 'At 06:30 (Europe/Berlin)' }).waitFor();
    const { body } = await stack().api.get<List<Schedule>>(`/v1/schedules?user=${user}`);
    expect(body.data).toMatchObject([
      {
        cron: '30 6 * * *',
        timezone: 'Europe/Berlin',
        overlap: 'skip',
        job: { prompt: 'Report the night', user, limits: { turns: 3 } },
      },
    ]);
    await page.getByRole('button', { name: 'More' }).click();
    await page.getByRole('menuitem', { name: 'Delete' }).click();
    await page.getByRole('button', { name: 'Delete the schedule' }).click();
    await page.getByText('There are no schedules').waitFor();
  });

  test('what a form has no field for is kept when a schedule is changed', async () => {
    const job = {
      prompt: 'Keep all of it',
      user: newUser(),
      connections: [],
      metadata: { team: 'support' },
      tools: { allow: ['gmail_*'], approve: 'writes' },
    };
    const { body: schedule } = await stack().api.post<Schedule>('/v1/schedules', {
      every_seconds: 7_200,
      enabled: false,
      job,
    });
    const { page } = await openTab(`/schedules/${schedule.id}`);
    await page.getByRole('button', { name: 'Edit' }).click();
    const form = page.getByRole('dialog');
    expect(await form.getByLabel('Every').inputValue()).toBe('2');
    await form.getByLabel('Prompt', { exact: true }).fill('Keep the rest of it');
    await form.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('heading', { name: 'Keep the rest of it' }).waitFor();
    const { body } = await stack().api.get<Schedule>(`/v1/schedules/${schedule.id}`);
    const { connections: _none, ...kept } = job;
    expect([body.every_seconds, body.enabled]).toEqual([7_200, false]);
    expect(body.job).toMatchObject({ ...kept, prompt: 'Keep the rest of it' });
  });

  test('a trigger is made and its secret shown once; what comes to it is listed; it is changed', async () => {
    const { page } = await openTab('/triggers');
    const user = newUser();
    await page.getByText('There are no triggers').waitFor();
    await page.getByRole('button', { name: 'New trigger' }).click();
    const form = page.getByRole('dialog', { name: 'New trigger' });
    await form.getByLabel('What for').fill('Alarms');
    await form.getByLabel('Senders prove themselves by').selectOption('A bearer token');
    await form.getByRole('button', { name: 'Make the trigger' }).click();
    await form.getByText('a secret is required').waitFor();
    await form.getByRole('button', { name: 'Make up a secret' }).click();
    const secret = await form.getByLabel('Secret').inputValue();
    await form.getByLabel('User').fill(user);
    await form.getByLabel('Filter').fill('{');
    await form.getByRole('button', { name: 'Make the trigger' }).click();
    await form.getByText('is not valid JSON').waitFor();
    await form.getByLabel('Filter').fill('[{ "place": "/level", "equals": "high" }]');
    await form.getByLabel('Template of the prompt').fill('Look at {{/what}}');
    await form.getByRole('button', { name: 'Make the trigger' }).click();
    const shown = page.getByRole('dialog', { name: 'Give these to the sender' });
    await shown.getByText(secret).waitFor();
    await shown.getByRole('button', { name: 'I have them' }).click();
    await page.getByRole('row', { name: 'Alarms' }).getByText('A bearer token').waitFor();
    expect(await page.getByText(secret).count()).toBe(0);
    const { body } = await stack().api.get<List<Trigger>>('/v1/triggers');
    const [trigger] = body.data;
    await page.getByRole('link', { name: 'Alarms' }).click();
    await page.getByText('Nothing came yet').waitFor();
    for (const level of ['high', 'low']) {
      await fetch(trigger?.url ?? '', {
        method: 'POST',
        headers: { Authorization: `Bearer ${secret}`, 'Content-Type': 'application/json' },
        body: JSON.stringify({ level, what: 'the pump' }),
      });
    }
    const came = page.getByRole('region', { name: 'What came' });
    await came.getByText('accepted').waitFor();
    await came.getByText('filtered').waitFor();
    await came.getByRole('link', { name: 'Its job' }).click();
    await page.waitForURL('**/jobs/job_*');
    await page.goBack();
    await page.getByRole('button', { name: 'Edit' }).click();
    const change = page.getByRole('dialog', { name: 'Change the trigger' });
    await change.getByLabel('What for').fill('All alarms');
    await change.getByLabel('Filter').fill('');
    await change.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('heading', { name: 'All alarms' }).waitFor();
    await page.getByRole('button', { name: 'Turn off' }).click();
    await page.getByRole('button', { name: 'Turn on' }).waitFor();
    const { body: after } = await stack().api.get<Trigger>(`/v1/triggers/${trigger?.id}`);
    expect(after).toMatchObject({
      description: 'All alarms',
      filter: null,
      enabled: false,
      job: { user },
      verify: { type: 'bearer' },
    });
    await page.getByRole('button', { name: 'More' }).click();
    await page.getByRole('menuitem', { name: 'Delete' }).click();
    await page.getByRole('button', { name: 'Delete the trigger' }).click();
    await page.getByText('There are no triggers').waitFor();
  });

  test('an agent is made, changed and deleted', async () => {
    const { page } = await openTab('/agents');
    await page.getByRole('button', { name: 'New agent' }).click();
    const form = page.getByRole('dialog', { name: 'New agent' });
    await form.getByLabel('Name').fill('Not a name');
    await form.getByRole('button', { name: 'Make the agent' }).click();
    await form.getByText('must be a name such as triage').waitFor();
    await form.getByLabel('Name').fill('clerk');
    await form.getByLabel('Instructions').fill('You file what comes.');
    await form.getByLabel('Ask before calls').selectOption('Always');
    await form.getByRole('checkbox', { name: 'gmail' }).check();
    await form.getByRole('button', { name: 'Make the agent' }).click();
    await page.getByRole('heading', { name: 'clerk' }).waitFor();
    expect(await readClerk()).toMatchObject({
      instructions: 'You file what comes.',
      connections: ['gmail'],
      tools: { approve: 'all' },
    });
    await page.getByRole('button', { name: 'Edit' }).click();
    const change = page.getByRole('dialog', { name: 'Change the agent clerk' });
    await change.getByLabel('What for').fill('Files mail');
    await change.getByLabel('Ask before calls').selectOption('As the defaults say');
    await change.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Files mail').waitFor();
    expect(await readClerk()).not.toHaveProperty('tools');
    await page.getByRole('button', { name: 'More' }).click();
    await page.getByRole('menuitem', { name: 'Delete' }).click();
    await page.getByRole('button', { name: 'Delete the agent' }).click();
    await page.getByRole('heading', { name: 'Agents', exact: true }).waitFor();
    await expect.poll(readClerk).toMatchObject({ code: 'not_found' });
  });

  test('in the playground a prompt is tried, copied as code, and saved as an agent', async () => {
    const { page } = await openTab('/playground');
    await page.getByLabel('Instructions').fill('You are brief.');
    await page.getByLabel('User').fill(newUser());
    await page.getByText('Limits and more').click();
    await page.getByLabel('Turns').fill('0');
    const prompt = 'Try\n\n```sandbox\n[{"text":"Tried and done."}]\n```';
    await page.getByLabel('Prompt', { exact: true }).fill(prompt);
    await page.getByRole('button', { name: 'Run' }).click();
    await expect.poll(() => page.getByLabel('Turns').getAttribute('aria-invalid')).toBe('true');
    await page.getByLabel('Turns').fill('2');
    await page.getByRole('button', { name: 'Run' }).click();
    await page.getByRole('listitem').getByText('Tried and done.').waitFor();
    await page.getByRole('button', { name: 'Copy as code' }).click();
    const code = page.getByRole('dialog');
    await code.getByRole('region', { name: 'Code' }).getByText('"turns": 2').waitFor();
    await code.getByRole('tab', { name: 'curl' }).click();
    await code.getByRole('region', { name: 'Code' }).getByText('"turns":2').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Save as agent' }).click();
    await page.getByRole('dialog').getByLabel('Name').fill('brief');
    await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
    await page.getByText('The agent brief is saved.').waitFor();
    const { body } = await stack().api.get<Agent>('/v1/agents/brief');
    expect(body).toMatchObject({ instructions: 'You are brief.', limits: { turns: 2 } });
  });

  test('a job is run again with changes, and carries what its body asked for', async () => {
    const job = await newJob([{ text: 'Once.' }], {
      limits: { turns: 5, cost_usd: 0.5 },
      metadata: { team: 'support' },
      instructions: 'Be brief.',
      tools: { allow: ['gmail_*'], approve: 'all' },
    });
    expect(await statusOf(job)).toBe('completed');
    const { page } = await openTab(`/jobs/${job.id}`);
    await page.getByRole('button', { name: 'More' }).click();
    await page.getByRole('menuitem', { name: 'Run again with changes' }).click();
    await page.getByText('The job does not show a webhook of its own').waitFor();
    expect(await page.getByLabel('Instructions').inputValue()).toBe('Be brief.');
    expect(await page.getByLabel('Turns').inputValue()).toBe('5');
    expect(await page.getByLabel('Conversation').inputValue()).toBe(job.conversation);
    const prompt = 'Again\n\n```sandbox\n[{"text":"Twice."}]\n```';
    await page.getByLabel('Prompt', { exact: true }).fill(prompt);
    await page.getByRole('button', { name: 'Run' }).click();
    await page.getByRole('listitem').getByText('Twice.', { exact: true }).waitFor();
    const { body } = await stack().api.get<List<Job>>(`/v1/jobs?user=${job.user}`);
    const { body: again } = await stack().api.get<JobDetail>(`/v1/jobs/${body.data[0]?.id}`);
    expect(again.asked).toMatchObject({
      instructions: 'Be brief.',
      tools: { allow: ['gmail_*'], approve: 'all' },
    });
    expect(again).toMatchObject({
      conversation: job.conversation,
      connections: ['gmail'],
      metadata: { team: 'support' },
      limits: { turns: 5, cost_usd: 0.5 },
    });
  });
});
