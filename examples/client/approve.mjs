// Has every call that changes something approved first: node approve.mjs, or node approve.mjs reject.
import process from 'node:process';
import { client } from './connect.mjs';

const accepted = await client.jobs.create({
  prompt: 'Send an email to bob@example.com with the subject "Thanks" and the body "Thank you!".',
  user: 'user_123',
  connections: ['gmail'],
  tools: { approve: 'writes' },
});

let job = await client.jobs.wait(accepted.id);
while (job.status === 'requires_action') {
  const action = job.required_action;
  if (action.type === 'connect_account') {
    console.log(`Connect ${action.connection}: ${action.url}`);
    await client.jobs.get(job.id, { wait: 60, after: job.sequence });
  } else {
    for (const { id, tool, input } of action.approvals) {
      console.log(`${tool} ${JSON.stringify(input)}`);
      const decision =
        process.argv[2] === 'reject'
          ? { decision: 'reject', message: 'Not today.' }
          : { decision: 'approve' };
      await client.approvals.decide(id, decision);
    }
  }
  job = await client.jobs.wait(job.id);
}
console.log(job.result?.text ?? job.status);
