import { createServer } from 'node:http';
import { once } from 'node:events';
/** Fills an empty installation with a morning's work of a support team. */
export async function doSampleWork(open) {
  const { send, sandbox } = open;
  for (const connection of ['gmail', 'github']) {
    for (const identifier of ['user_123', 'mara', 'jonas']) {
      await sandbox.setAccountStatus({ identifier, connection }, 'ACTIVE');
    }
  }
  const receiver = createServer((request, response) => {
    request.resume();
    response.end();
  });
  receiver.listen(0, '127.0.0.1');
  await once(receiver, 'listening');
  const hook = `http://127.0.0.1:${receiver.address().port}/pawl`;
  await send('/v1/webhook-secrets/rotate', {});
  await send('/v1/agents', {
    name: 'triage',
    description: 'Reads new mail and files an issue for each defect',
    instructions:
      'You read the mail of a support team. For each defect that somebody reports, look for an issue; file one where there is none.',
    connections: ['gmail', 'github'],
    tools: { approve: 'writes' },
  });
  await send('/v1/agents', {
    name: 'digest',
    description: 'Sums up a mailbox every morning',
    connections: ['gmail'],
    instructions: 'You sum up mail in a few lines, the most urgent first.',
  });
  const schedule = await send('/v1/schedules', {
    cron: '0 8 * * 1-5',
    timezone: 'Europe/Berlin',
    job: {
      prompt: 'Fetch my last 5 unread emails and summarize them.',
      agent: 'digest',
      user: 'mara',
    },
  });
  await send('/v1/schedules', {
    every_seconds: 3_600,
    enabled: false,
    job: { prompt: 'List the open issues of acme/api', user: 'jonas', connections: ['github'] },
  });
  const trigger = await send('/v1/triggers', {
    description: 'New issues of acme/api',
    agent: 'triage',
    verify: { type: 'github', secret: 'a-secret-of-the-sandbox' },
    template: 'Somebody has opened an issue: {{/issue/title}}\n\n{{/issue/body}}',
    filter: [{ place: '/action', equals: 'opened' }],
  });
  const run = async (body, until) => {
    const made = await send('/v1/jobs', {
      user: 'user_123',
      connections: ['gmail'],
      ...body,
    });
    return waitFor(open, made.id, until);
  };
  await run({ prompt: 'Who am I writing as?' }, ['completed']);
  await send(`/v1/schedules/${schedule.id}/trigger`, {});
  await sandbox.addFault({
    match: { operation: 'model', promptIncludes: 'quarterly' },
    effect: { kind: 'http_status', status: 400, message: 'This prompt is not accepted.' },
    times: 'always',
  });
  await run({ prompt: 'Write the quarterly letter to all customers', user: 'jonas' }, ['failed']);
  // One call fails once, and is made again.
  await sandbox.addFault({
    match: { tool: 'gmail_search_people' },
    effect: { kind: 'grpc_status', code: 'Unavailable' },
  });
  const main = await run(
    {
      prompt: await scripted(open, 'Answer the mails about invoices, and file what is broken', [
        [
          { name: 'gmail_fetch_mails', arguments: { query: 'invoice', max_results: 5 } },
          { name: 'github_issues_list', arguments: { owner: 'acme', repo: 'api' } },
        ],
        [{ name: 'gmail_search_people', arguments: { query: 'Billing' } }],
        {
          text: 'Two mails are about invoices.\n\n1. **Your invoice for October** is paid: nothing to do.\n2. **Invoice twice?** One customer was charged twice. There is an issue for it already, `acme/api#42`.\n\nNothing new had to be filed.',
        },
      ]),
      connections: ['gmail', 'github'],
      metadata: { team: 'support', ticket: '4711' },
      webhook: { url: hook },
    },
    ['completed', 'failed', 'incomplete'],
  );
  await run(
    {
      prompt: await scripted(open, 'Reply to Mara about the contract', [
        [
          {
            name: 'gmail_send_message',
            arguments: {
              to: 'mara.lindqvist@example.com',
              subject: 'Re: Contract renewal: answer needed by Thursday',
              body: 'Hi Mara,\n\nthank you. We are happy to renew for 24 months at the same price, with ten more seats.\nYou will have the signed contract by Thursday.\n\nBest regards,\nthe support team',
            },
          },
        ],
        { text: 'Sent.' },
      ]),
      tools: { approve: 'writes' },
      user: 'mara',
    },
    ['requires_action'],
  );
  await run(
    {
      prompt: await scripted(open, 'File the defect that Priya reports', [
        [
          {
            name: 'github_issue_create',
            arguments: {
              owner: 'acme',
              repo: 'api',
              title: 'Rate limiter rejects valid bursts',
              body: 'Retried requests are counted twice, so that valid bursts of 50 requests are answered 429.',
              labels: ['bug'],
            },
          },
        ],
        { text: 'Filed.' },
      ]),
      agent: 'triage',
      connections: ['github'],
    },
    ['requires_action', 'completed', 'failed', 'incomplete'],
  );
  await run({ prompt: 'Post a summary of the week', user: 'lena' }, ['requires_action']);
  await send('/v1/jobs', {
    prompt: 'Send the weekly report',
    delay_seconds: 86_400,
    user: 'jonas',
  });
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  receiver.close();
  return {
    job: main.id,
    conversation: main.conversation,
    schedule: schedule.id,
    trigger: trigger.id,
  };
}
/** Has the sandbox's model answer a prompt with these calls and texts, and answers the prompt. */
async function scripted({ sandbox }, prompt, turns) {
  const replies = turns.map((turn) => ('text' in turn ? turn : { toolCalls: [...turn] }));
  await sandbox.scriptModel([{ match: { promptIncludes: prompt }, turns: replies }]);
  return prompt;
}
async function waitFor({ send }, id, until) {
  const end = Date.now() + 30_000;
  for (;;) {
    const job = await send(`/v1/jobs/${id}?wait=5`);
    if (until.includes(job.status)) return job;
    if (Date.now() > end)
      throw new Error(`The job ${id} is ${job.status}, not ${until.join(' or ')}.`);
  }
}
//# sourceMappingURL=sample-work.js.map
