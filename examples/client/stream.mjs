// Posts a prompt and prints what happens, with the model's text as it comes. Ends with the job.
import process from 'node:process';
import { client } from './connect.mjs';

const job = await client.jobs.create({
  prompt: 'Fetch my last 5 unread emails and summarize them.',
  user: 'user_123',
  connections: ['gmail'],
});

for await (const event of client.jobs.stream(job.id, { deltas: true })) {
  if (event.type === 'turn.delta') process.stdout.write(event.text);
  else if (event.type === 'tool_call.started') console.log(`calling ${event.tool}`);
  else console.log(event.type);
  if (event.type === 'job.requires_action') {
    const { required_action: action } = await client.jobs.get(job.id);
    if (action?.type === 'connect_account')
      console.log(`Connect ${action.connection}: ${action.url}`);
  }
}
// The pieces are a preview: this is what counts.
const { result } = await client.jobs.get(job.id);
console.log(result?.text);
