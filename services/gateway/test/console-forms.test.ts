import type { Agent, Job, JobDetail, Schedule, Trigger } from '@pawl/contracts';
import { describe, expect, test } from 'vitest';
import { hasNoChromium } from './harness/chromium.ts';
import { byLabel, byRole, byText, message, rowOf, turn } from './harness/find.ts';
import { visitConsole } from './harness/visit-console.ts';

const { stack, openTab, newUser, script, newJob, statusOf } = visitConsole();

const readClerk = async () => (await stack().api.get<Agent>('/v1/agents/clerk')).body;

interface List<Item> {
  readonly data: readonly Item[];
}

describe.skipIf(hasNoChromium)('what is made and changed in the console', () => {
  test('a schedule is made, with what the API has against it beside its fields, and changed', async () => {
    const { page } = await openTab('/schedules');
    const user = newUser();
    await byRole(page, 'button', 'New schedule').click();
    const form = byRole(page, 'dialog', 'New schedule');
    await byLabel(form, 'Prompt').fill('Report the night');
    await byLabel(form, 'User').fill(user);
    await byLabel(form, 'Cron').fill('0 7 * * 1-5');
    await byLabel(form, 'Time zone').fill('Europe/Nowhere');
    await byRole(form, 'button', 'Make the schedule').click();
    const zone = byLabel(form, 'Time zone');
    await expect.poll(() => zone.getAttribute('aria-invalid')).toBe('true');
    await zone.fill('Europe/Berlin');
    const preview = byRole(form, 'region', 'When it would run');
    await byText(preview, 'At 07:00, Monday through Friday (Europe/Berlin)').waitFor();
    await expect.poll(() => byRole(preview, 'listitem').count()).toBe(5);
    await byRole(form, 'button', 'Make the schedule').click();
    await page.waitForURL('**/schedules/sch_*');
    await byRole(page, 'button', 'Edit').click();
    const change = byRole(page, 'dialog', 'Change the schedule');
    await byLabel(change, 'Runs').selectOption('By the calendar (cron)');
    await byLabel(change, 'Cron').fill('30 6 * * *');
    await byText(change, 'Limits and more').click();
    await byLabel(change, 'Turns').fill('3');
    await byRole(change, 'button', 'Save').click();
    await byRole(page, 'heading', 'At 06:30 (Europe/Berlin)').waitFor();
    const { body } = await stack().api.get<List<Schedule>>(`/v1/schedules?user=${user}`);
    expect(body.data).toMatchObject([
      {
        cron: '30 6 * * *',
        timezone: 'Europe/Berlin',
        overlap: 'skip',
        job: { prompt: 'Report the night', user, limits: { turns: 3 } },
      },
    ]);
    await byRole(page, 'button', 'More').click();
    await byRole(page, 'menuitem', 'Delete').click();
    await byRole(page, 'button', 'Delete the schedule').click();
    await byRole(page, 'heading', 'There are no schedules').waitFor();
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
    await byRole(page, 'button', 'Edit').click();
    const form = byRole(page, 'dialog', 'Change the schedule');
    await expect.poll(() => byLabel(form, 'Every').inputValue()).toBe('2');
    await byLabel(form, 'Prompt').fill('Keep the rest of it');
    await byRole(form, 'button', 'Save').click();
    await byRole(page, 'heading', 'Keep the rest of it').waitFor();
    const { body } = await stack().api.get<Schedule>(`/v1/schedules/${schedule.id}`);
    const { connections: _none, ...kept } = job;
    expect([body.every_seconds, body.enabled]).toEqual([7_200, false]);
    expect(body.job).toMatchObject({ ...kept, prompt: 'Keep the rest of it' });
  });

  test('a trigger is made and its secret shown once; what comes to it is listed; it is changed', async () => {
    const { page } = await openTab('/triggers');
    const user = newUser();
    await byRole(page, 'heading', 'There are no triggers').waitFor();
    await byRole(page, 'button', 'New trigger').click();
    const form = byRole(page, 'dialog', 'New trigger');
    await byLabel(form, 'What for').fill('Alarms');
    await byLabel(form, 'Senders prove themselves by').selectOption('A bearer token');
    await byRole(form, 'button', 'Make the trigger').click();
    await byText(form, 'a secret is required').waitFor();
    await byRole(form, 'button', 'Make up a secret').click();
    const field = byLabel(form, 'Secret');
    await expect.poll(() => field.inputValue()).not.toBe('');
    const secret = await field.inputValue();
    await byLabel(form, 'User').fill(user);
    await byLabel(form, 'Filter').fill('{');
    await byRole(form, 'button', 'Make the trigger').click();
    await byText(form, 'is not valid JSON').waitFor();
    await byLabel(form, 'Filter').fill('[{ "place": "/level", "equals": "high" }]');
    await byLabel(form, 'Template of the prompt').fill('Look at {{/what}}');
    await byRole(form, 'button', 'Make the trigger').click();
    const shown = byRole(page, 'dialog', 'Give these to the sender');
    await byText(shown, secret).waitFor();
    await byRole(shown, 'button', 'I have them').click();
    await byText(rowOf(page, 'Alarms'), 'A bearer token').waitFor();
    await expect.poll(() => page.content()).not.toContain(secret);
    const { body } = await stack().api.get<List<Trigger>>('/v1/triggers');
    const [trigger] = body.data;
    await byRole(page, 'link', 'Alarms').click();
    await byRole(page, 'heading', 'Nothing came yet').waitFor();
    for (const level of ['high', 'low']) {
      await fetch(trigger?.url ?? '', {
        method: 'POST',
        headers: { Authorization: `Bearer ${secret}`, 'Content-Type': 'application/json' },
        body: JSON.stringify({ level, what: 'the pump' }),
      });
    }
    const came = byRole(page, 'region', 'What came');
    await byText(came, 'accepted').waitFor();
    await byText(came, 'filtered').waitFor();
    await byRole(came, 'link', 'Its job').click();
    await page.waitForURL('**/jobs/job_*');
    await page.goBack();
    await byRole(page, 'button', 'Edit').click();
    const change = byRole(page, 'dialog', 'Change the trigger');
    await byLabel(change, 'What for').fill('All alarms');
    await byLabel(change, 'Filter').fill('');
    await byRole(change, 'button', 'Save').click();
    await byRole(page, 'heading', 'All alarms').waitFor();
    await byRole(page, 'button', 'Turn off').click();
    await byRole(page, 'button', 'Turn on').waitFor();
    const { body: after } = await stack().api.get<Trigger>(`/v1/triggers/${trigger?.id}`);
    expect(after).toMatchObject({
      description: 'All alarms',
      filter: null,
      enabled: false,
      job: { user },
      verify: { type: 'bearer' },
    });
    await byRole(page, 'button', 'More').click();
    await byRole(page, 'menuitem', 'Delete').click();
    await byRole(page, 'button', 'Delete the trigger').click();
    await byRole(page, 'heading', 'There are no triggers').waitFor();
  });

  test('an agent is made, changed and deleted', async () => {
    const { page } = await openTab('/agents');
    await byRole(page, 'button', 'New agent').click();
    const form = byRole(page, 'dialog', 'New agent');
    await byLabel(form, 'Name').fill('Not a name');
    await byRole(form, 'button', 'Make the agent').click();
    await byText(form, /^must be a name such as triage/).waitFor();
    await byLabel(form, 'Name').fill('clerk');
    await byLabel(form, 'Instructions').fill('You file what comes.');
    await byLabel(form, 'Ask before calls').selectOption('Always');
    await byRole(form, 'checkbox', 'gmail').check();
    await byRole(form, 'button', 'Make the agent').click();
    await byRole(page, 'heading', 'clerk', { level: 1 }).waitFor();
    expect(await readClerk()).toMatchObject({
      instructions: 'You file what comes.',
      connections: ['gmail'],
      tools: { approve: 'all' },
    });
    await byRole(page, 'button', 'Edit').click();
    const change = byRole(page, 'dialog', 'Change the agent clerk');
    await byLabel(change, 'What for').fill('Files mail');
    await byLabel(change, 'Ask before calls').selectOption('As the defaults say');
    await byRole(change, 'button', 'Save').click();
    await byText(page, 'Files mail').waitFor();
    expect(await readClerk()).not.toHaveProperty('tools');
    await byRole(page, 'button', 'More').click();
    await byRole(page, 'menuitem', 'Delete').click();
    await byRole(page, 'button', 'Delete the agent').click();
    await byRole(page, 'heading', 'Agents').waitFor();
    await expect.poll(readClerk).toMatchObject({ code: 'not_found' });
  });

  test('in the playground a prompt is tried, copied as code, and saved as an agent', async () => {
    const { page } = await openTab('/playground');
    await byLabel(page, 'Instructions').fill('You are brief.');
    await byLabel(page, 'User').fill(newUser());
    await byText(page, 'Limits and more').click();
    await byLabel(page, 'Turns').fill('0');
    script('Try it', [{ text: 'Tried and done.' }]);
    await byLabel(page, 'Prompt').fill('Try it');
    await byRole(page, 'button', 'Run').click();
    await expect.poll(() => byLabel(page, 'Turns').getAttribute('aria-invalid')).toBe('true');
    await byLabel(page, 'Turns').fill('2');
    await byRole(page, 'button', 'Run').click();
    await byText(turn(page, 1), 'Tried and done.').waitFor();
    await byRole(page, 'button', 'Copy as code').click();
    const code = byRole(page, 'dialog', 'Copy as code');
    const shown = byRole(code, 'region', 'Code');
    await expect.poll(() => shown.innerText()).toContain('"turns": 2');
    await byRole(code, 'tab', 'curl').click();
    await expect.poll(() => shown.innerText()).toContain('"turns":2');
    await page.keyboard.press('Escape');
    await code.waitFor({ state: 'detached' });
    await byRole(page, 'button', 'Save as agent').click();
    const form = byRole(page, 'dialog', 'Save as agent');
    await byLabel(form, 'Name').fill('brief');
    await byRole(form, 'button', 'Save').click();
    await message(page, 'The agent brief is saved.').waitFor();
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
    await byRole(page, 'button', 'More').click();
    await byRole(page, 'menuitem', 'Run again with changes').click();
    await byText(page, /^The job does not show a webhook of its own/).waitFor();
    await expect.poll(() => byLabel(page, 'Instructions').inputValue()).toBe('Be brief.');
    await expect.poll(() => byLabel(page, 'Turns').inputValue()).toBe('5');
    await expect.poll(() => byLabel(page, 'Conversation').inputValue()).toBe(job.conversation);
    script('Do it again', [{ text: 'Twice.' }]);
    await byLabel(page, 'Prompt').fill('Do it again');
    await byRole(page, 'button', 'Run').click();
    await byText(turn(page, 1), 'Twice.').waitFor();
    const { body } = await stack().api.get<List<Job>>(`/v1/jobs?user=${job.user}`);
    const { body: again } = await stack().api.get<JobDetail>(`/v1/jobs/${body.data[0]?.id}`);
    expect(again.asked).toMatchObject({
      instructions: 'Be brief.',
      tools: { allow: ['gmail_*'], approve: 'all' },
    });
    expect(again).toMatchObject({
      prompt: 'Do it again',
      conversation: job.conversation,
      connections: ['gmail'],
      metadata: { team: 'support' },
      limits: { turns: 5, cost_usd: 0.5 },
    });
  });
});
