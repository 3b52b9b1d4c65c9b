// Has a prompt posted every working day, runs it once now, and takes the schedule back.
import { client } from './connect.mjs';

const clock = { cron: '30 8 * * MON-FRI', timezone: 'Europe/Berlin' };
const { next_runs: nextRuns } = await client.schedules.preview(clock);
console.log(`It will run at ${nextRuns.slice(0, 3).join(', ')}.`);

const schedule = await client.schedules.create({
  ...clock,
  job: {
    prompt: 'Fetch my last 5 unread emails and summarize them.',
    user: 'user_123',
    connections: ['gmail'],
  },
});

const { id } = await client.schedules.trigger(schedule.id);
const job = await client.jobs.wait(id);
console.log(job.result?.text ?? job.required_action?.url ?? job.status);

for await (const each of client.jobs.list({ schedule: schedule.id })) {
  console.log(`${each.id} ${each.status}`);
}
await client.schedules.delete(schedule.id);
