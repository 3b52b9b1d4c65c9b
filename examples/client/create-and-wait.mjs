// Posts a prompt, waits for the answer, and prints it with what was done for it.
import { client } from './connect.mjs';

const accepted = await client.jobs.create({
  prompt: 'Fetch my last 5 unread emails and summarize them.',
  user: 'user_123',
  connections: ['gmail'],
});

let job = await client.jobs.wait(accepted.id);
if (job.required_action?.type === 'connect_account') {
  console.log(`Connect ${job.required_action.connection}: ${job.required_action.url}`);
  job = await client.jobs.wait(job.id, { until: 'ended' });
}

for await (const step of client.jobs.steps(job.id)) {
  console.log(step.type === 'turn' ? `turn ${step.turn}` : `  ${step.tool}: ${step.status}`);
}
console.log(job.result?.text ?? `${job.status}: ${job.error?.message ?? job.stop_reason}`);
