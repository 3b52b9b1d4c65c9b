import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import {
  createPawlClient,
  type JobStreamEvent,
  type TenantStreamEvent,
  verifyWebhook,
  type WebhookEvent,
} from '../src/index.ts';
import { serve } from './serve.ts';
import { startStack, webhookSecret } from '@pawl/testing';

const stack = startStack();
const clientOf = () => createPawlClient({ baseUrl: stack.url() });

/** A user of its own for each test. Without connections a job needs no account. */
let users = 0;
const newUser = () => `user-${(users += 1)}`;
const hello = (user: string) => ({ prompt: 'Hello!', user, connections: [] });

/** What the sandbox's model answers, in turns. */
const scripted = (...turns: readonly unknown[]) =>
  `Do it.\n\`\`\`sandbox\n${JSON.stringify(turns)}\n\`\`\``;

async function collect<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const all: Item[] = [];
  for await (const item of items) all.push(item);
  return all;
}

test('a job is posted, waited for, shown with its steps and messages, and erased', async () => {
  const client = clientOf();
  const user = newUser();
  const options = { idempotencyKey: `key-of-${user}` };
  const accepted = await client.jobs.create(hello(user), options);
  expect((await client.jobs.create(hello(user), options)).id).toBe(accepted.id);
  const job = await client.jobs.wait(accepted.id);
  expect(job).toMatchObject({ status: 'completed', user });
  expect(await client.jobs.get(job.id)).toMatchObject(job);
  expect(await collect(client.jobs.steps(job.id))).toMatchObject([{ type: 'turn', turn: 0 }]);
  const messages = await collect(client.conversations.messages(job.conversation));
  expect(messages.map(({ role }) => role)).toEqual(['user', 'assistant']);
  expect(await client.conversations.get(job.conversation)).toMatchObject({ user });
  const retried = client.jobs.retry(job.id);
  await expect(retried).rejects.toMatchObject({ status: 409 });
  const next = await client.jobs.create({ ...hello(user), conversation: job.conversation });
  await client.jobs.wait(next.id);
  await client.jobs.delete(job.id);
  await expect(client.jobs.get(job.id)).rejects.toMatchObject({ code: 'not_found' });
  await client.conversations.delete(job.conversation);
  expect(await collect(client.conversations.list({ user }))).toEqual([]);
});

test('all jobs of a user are iterated over several pages', async () => {
  const client = clientOf();
  const user = newUser();
  const posted: string[] = [];
  for (let index = 0; index < 5; index += 1) {
    const { id } = await client.jobs.create({ ...hello(user), metadata: { index: String(index) } });
    posted.unshift(id);
  }
  const listed = await collect(client.jobs.list({ user, limit: 2 }));
  expect(listed.map(({ id }) => id)).toEqual(posted);
  const [found] = await collect(client.jobs.list({ user, metadata: { index: '3' } }));
  expect(found?.id).toBe(posted[1]);
});

test('a stream tells what happens, with the text as it comes, and goes on behind an event', async () => {
  const client = clientOf();
  const user = newUser();
  const prompt = scripted({ text: 'one two three' });
  const job = await client.jobs.create({ ...hello(user), prompt, delay_seconds: 1 });
  const stream = client.jobs.stream(job.id, { deltas: true });
  const events = await collect<JobStreamEvent>(stream);
  const told = events.map(({ type }) => type);
  expect(told.filter((type) => !type.startsWith('turn.'))).toEqual([
    'job.queued',
    'job.started',
    'job.completed',
  ]);
  let text = '';
  for (const event of events) {
    if (event.type === 'turn.delta') text = text.slice(0, event.offset) + event.text;
  }
  expect(text).toBe('one two three');
  const rest = await collect(client.jobs.stream(job.id, { after: 2 }));
  expect(rest.map((event) => 'id' in event && event.id)).toEqual([3, 4, 5]);
  expect(await collect(client.jobs.stream(job.id, { after: stream.lastEventId }))).toEqual([]);
});

test('the stream of the tenant tells of jobs that come, and goes on where it was left', async () => {
  const client = clientOf();
  const user = newUser();
  const stream = client.events.stream({ user });
  const seen: TenantStreamEvent[] = [];
  expect((await stream.next()).value).toEqual({ type: 'stream.opened' });
  const { id } = await client.jobs.create(hello(user));
  await client.jobs.wait(id);
  for await (const event of stream) {
    seen.push(event);
    if (event.type === 'turn.started') break;
  }
  const later = client.events.stream({ user, after: stream.lastEventId });
  for await (const event of later) {
    seen.push(event);
    if (event.type === 'job.completed') break;
  }
  const told = seen.filter(({ type }) => !type.startsWith('stream.'));
  expect(told).toMatchObject(
    ['job.queued', 'job.started', 'turn.started', 'turn.completed', 'job.completed'].map(
      (type) => ({ type, job: id }),
    ),
  );
});

test('a tool call waits for a decision, and a job is cancelled while it does', async () => {
  const client = clientOf();
  const send = {
    tool: 'gmail_send_message',
    arguments: { to: 'bob@example.com', subject: 'Hi', body: 'Hi' },
  };
  const request = {
    prompt: scripted([send], { text: 'Done.' }),
    user: 'user_123',
    connections: ['gmail'],
    tools: { approve: 'writes' as const },
  };
  const { id } = await client.jobs.create(request);
  expect((await client.jobs.wait(id)).required_action).toMatchObject({
    type: 'approve_tool_calls',
  });
  const [waiting] = await collect(client.approvals.list({ job: id }));
  const approval = waiting?.id ?? '';
  const ended = client.jobs.wait(id, { until: 'ended' });
  const decision = { decision: 'respond', output: 'I have told them.' } as const;
  await client.approvals.decide(approval, decision);
  expect(await client.approvals.decide(approval, decision)).toMatchObject({ id: approval });
  await expect(client.approvals.decide(approval, { decision: 'approve' })).rejects.toMatchObject({
    code: 'approval_decided',
  });
  expect(await ended).toMatchObject({ status: 'completed', result: { text: 'Done.' } });
  const other = await client.jobs.create(request);
  expect((await client.jobs.wait(other.id)).status).toBe('requires_action');
  expect((await client.jobs.cancel(other.id)).status).toBe('cancelled');
});

test('what Pawl sends to a webhook is verified', async () => {
  const client = clientOf();
  const received: Promise<WebhookEvent>[] = [];
  const url = await serve((request, response) => {
    const event = text(request).then((body) => verifyWebhook(body, request.headers, webhookSecret));
    received.push(event);
    event.then(
      () => response.writeHead(204).end(),
      () => response.writeHead(401).end(),
    );
  });
  const { id } = await client.jobs.create({ ...hello(newUser()), webhook: { url } });
  await expect.poll(() => received.length).toBe(1);
  expect(await received[0]).toMatchObject({ type: 'job.completed', data: { id } });
  const deliveries = () => collect(client.webhookDeliveries.list({ job: id }));
  await expect.poll(deliveries).toMatchObject([{ status: 'succeeded' }]);
  const [delivery] = await deliveries();
  await client.webhookDeliveries.replay(delivery?.id ?? '');
  await expect.poll(() => received.length).toBe(2);
  expect((await received[1])?.id).toBe((await received[0])?.id);
});

test('agents, schedules and triggers are made, changed and deleted', async () => {
  const client = clientOf();
  const name = `agent-${newUser()}`;
  await client.agents.create({ name, instructions: 'Be brief.', connections: [] });
  const { version } = await client.agents.get(name);
  await client.agents.update(name, { description: 'Brief.', version });
  await expect(client.agents.update(name, { description: 'Old.', version })).rejects.toMatchObject({
    status: 412,
  });
  const job = { prompt: 'Hello!', agent: name };
  const { next_runs: runs } = await client.schedules.preview({ cron: '0 8 * * *' });
  const schedule = await client.schedules.create({ cron: '0 8 * * *', job });
  expect(runs[0]).toBe(schedule.next_run_at);
  expect((await client.schedules.update(schedule.id, { enabled: false })).status).toBe('paused');
  const posted = await client.schedules.trigger(schedule.id);
  expect((await client.jobs.wait(posted.id)).schedule).toBe(schedule.id);
  const secret = 'a-secret-of-at-least-twenty-characters';
  const trigger = await client.triggers.create({
    agent: name,
    template: 'It says {{/text}}.',
    verify: { type: 'bearer', secret },
  });
  await fetch(trigger.url, {
    method: 'POST',
    headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
    body: '{"text":"hello"}',
  });
  expect(await collect(client.triggers.events(trigger.id))).toMatchObject([{ status: 'accepted' }]);
  expect((await client.triggers.update(trigger.id, { enabled: false })).enabled).toBe(false);
  await client.triggers.delete(trigger.id);
  await client.schedules.delete(schedule.id);
  await client.agents.delete(name);
  await expect(client.agents.delete(name)).rejects.toMatchObject({ code: 'not_found' });
});

test('accounts, tools, limits, usage and the state of the installation are shown', async () => {
  const client = clientOf();
  expect(await client.readiness()).toEqual({ ready: true });
  expect((await client.health.get()).status).toBe('ready');
  expect(await collect(client.keys.list())).toEqual([]);
  const connections = await collect(client.connections.list());
  expect(connections.map(({ name }) => name)).toContain('gmail');
  const tools = await collect(
    client.tools.list({ user: 'user_123', connections: ['gmail'], limit: 20 }),
  );
  expect(tools.length).toBeGreaterThan(20);
  expect(await collect(client.accounts.list({ user: 'user_123' }))).toMatchObject([
    { connection: 'gmail', status: 'active' },
  ]);
  const user = newUser();
  const link = await client.accounts.link({ user, connection: 'gmail' });
  expect(link.url).toContain('/connect/');
  const { id } = await client.jobs.create(hello(user));
  await client.jobs.wait(id);
  expect(await collect(client.usage.list({ user }))).toMatchObject([{ user, model_calls: 1 }]);
  const replaced = await client.limits.replace({ user: { jobs_per_minute: 500 } });
  expect(replaced.own.user).toMatchObject({ jobs_per_minute: 500 });
  expect((await client.limits.get({ user })).own).toEqual(replaced.own);
});
