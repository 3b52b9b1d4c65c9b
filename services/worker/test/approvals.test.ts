import type { ApprovalDecision } from '@pawl/contracts';
import { cancelJob, reopenJob, requiredActionOf, takeDecision } from '@pawl/engine';
import { testRedis } from '@pawl/testing';
import { expect, test } from 'vitest';
import { scripted, startTestWorker } from './harness/start-test-worker.ts';

const worker = await startTestWorker(testRedis(), {
  sandbox: { connections: [{ keyId: 'gmail-work', connector: 'gmail' }] },
});
const { engine, store, control } = worker;

const sentTo = (recipient: string) =>
  control
    .effects()
    .items.filter(({ arguments: input }) => JSON.stringify(input).includes(recipient));

const send = (to: string) => ({
  tool: 'gmail_send_message',
  arguments: { to, subject: 'Hello', body: 'Hello.' },
});
const read = { tool: 'gmail_get_profile', arguments: {} };

type Tools = Parameters<typeof worker.post>[0]['tools'];

/** Posts a job that wants to send a mail, and waits until it asks for approval. */
async function asking(to: string, tools: Tools = { approve: 'writes' }): Promise<string> {
  const prompt = scripted([[send(to)], { text: 'Done.' }]);
  const id = await worker.post({ prompt, tools });
  await worker.until(id, (job) => requiredActionOf(job)?.type === 'approve_tool_calls');
  return id;
}

const decide = (job: string, decision: ApprovalDecision, index = 0) =>
  takeDecision(engine, { job, turn: 0, index, epoch: 0 }, decision);

async function callOf(id: string) {
  return (await worker.steps(id)).find((step) => step.type === 'tool_call');
}

/** What the model was told of the call. */
function toldModel(text: string): string {
  const request = control.modelRequests().items.findLast(({ prompt }) => prompt.includes(text));
  return JSON.stringify(request?.body);
}

test('a call that writes waits for a person, and is made once it is approved', async () => {
  const id = await asking('approved@example.com');
  expect(sentTo('approved@example.com')).toEqual([]);
  expect(await callOf(id)).toMatchObject({ status: 'awaiting_approval', attempts: 0 });
  expect((await decide(id, { decision: 'approve' })).kind).toBe('decided');
  expect(await worker.ended(id)).toMatchObject({ status: 'completed', text: 'Done.' });
  expect(sentTo('approved@example.com')).toHaveLength(1);
  expect(await callOf(id)).toMatchObject({ status: 'succeeded', attempts: 1 });
});

test('a rejected call is never made, and the model reads why', async () => {
  const id = await asking('rejected@example.com');
  await decide(id, { decision: 'reject', message: 'Not to this customer.' });
  expect(await worker.ended(id)).toMatchObject({ status: 'completed' });
  expect(sentTo('rejected@example.com')).toEqual([]);
  expect(await callOf(id)).toMatchObject({ status: 'refused', error: { code: 'rejected' } });
  expect(toldModel('rejected@example.com')).toContain('Not to this customer.');
});

test('an edited call is made with the person’s arguments, and the model is told of them', async () => {
  const id = await asking('first@example.com');
  const input = { ...send('edited@example.com').arguments, subject: 'Changed' };
  await decide(id, { decision: 'edit', input });
  expect(await worker.ended(id)).toMatchObject({ status: 'completed' });
  expect(sentTo('first@example.com')).toEqual([]);
  expect(sentTo('edited@example.com')).toHaveLength(1);
  expect(await callOf(id)).toMatchObject({ status: 'succeeded', input });
  expect(toldModel('first@example.com')).toContain('A person changed the arguments');
});

test('a person’s answer is taken for the tool’s, and the tool is not called', async () => {
  const id = await asking('answered@example.com');
  await decide(id, { decision: 'respond', output: 'I wrote to them myself.' });
  expect(await worker.ended(id)).toMatchObject({ status: 'completed' });
  expect(sentTo('answered@example.com')).toEqual([]);
  expect(toldModel('answered@example.com')).toContain('I wrote to them myself.');
});

test('two people at once: one decision counts, and the tool is called once', async () => {
  const id = await asking('twice@example.com');
  const outcomes = await Promise.all([
    decide(id, { decision: 'approve' }),
    decide(id, { decision: 'approve' }),
    decide(id, { decision: 'reject', message: 'No.' }),
  ]);
  expect(outcomes.filter(({ kind }) => kind === 'settled')).toEqual([]);
  const [one] = outcomes;
  const isApproved = one?.kind === 'decided';
  await worker.ended(id);
  expect(sentTo('twice@example.com')).toHaveLength(isApproved ? 1 : 0);
  const again = isApproved
    ? ({ decision: 'approve' } as const)
    : ({ decision: 'reject', message: 'No.' } as const);
  expect((await decide(id, again)).kind).toBe('decided');
  expect((await decide(id, { decision: 'respond', output: 1 })).kind).toBe('decided_otherwise');
  expect(sentTo('twice@example.com')).toHaveLength(isApproved ? 1 : 0);
});

test('what needs no approval runs meanwhile, and nothing of the turn runs twice', async () => {
  const prompt = scripted([[send('beside@example.com'), read], { text: 'Done.' }]);
  const id = await worker.post({ prompt, user: 'beside', tools: { approve: ['gmail_send_*'] } });
  await worker.until(id, (job) => requiredActionOf(job) !== null);
  const calls = (await worker.steps(id)).filter((step) => step.type === 'tool_call');
  expect(calls.map(({ status }) => status)).toEqual(['awaiting_approval', 'succeeded']);
  await decide(id, { decision: 'approve' });
  await worker.ended(id);
  expect(sentTo('beside@example.com')).toHaveLength(1);
  const reads = control
    .toolRequests()
    .items.filter(({ identifier, tool }) => identifier === 'beside' && tool === read.tool);
  expect(reads).toHaveLength(1);
  expect(control.modelRequests().items.filter(({ prompt: text }) => text === prompt)).toHaveLength(
    2,
  );
});

test('an approval that nobody gives in time counts as a rejection, and the model is told', async () => {
  const id = await asking('late@example.com', { approve: 'all', approval_seconds: 1 });
  expect(await worker.ended(id)).toMatchObject({ status: 'completed' });
  expect(sentTo('late@example.com')).toEqual([]);
  expect(await callOf(id)).toMatchObject({
    status: 'refused',
    error: { code: 'approval_expired' },
  });
  expect(toldModel('late@example.com')).toContain('Nobody approved this call in time');
  expect((await decide(id, { decision: 'approve' })).kind).toBe('settled');
  expect(sentTo('late@example.com')).toEqual([]);
});

test('a job that ended while it asked asks anew when it is opened again, and is not made without an answer', async () => {
  const prompt = scripted([[send('again@example.com')], { text: 'Done.' }]);
  const id = await worker.post({
    prompt,
    tools: { approve: 'writes' },
    limits: { deadline_seconds: 1 },
  });
  expect(await worker.ended(id)).toMatchObject({ status: 'expired' });
  expect((await reopenJob(engine, id, { limits: limits(600) })).kind).toBe('reopened');
  await worker.until(id, (job) => requiredActionOf(job)?.type === 'approve_tool_calls');
  expect(sentTo('again@example.com')).toEqual([]);
  await decide(id, { decision: 'approve' });
  expect(await worker.ended(id)).toMatchObject({ status: 'completed' });
  expect(sentTo('again@example.com')).toHaveLength(1);
});

test('the tenant’s default counts beside what a job says: the strictest wins', async () => {
  const tenant = 'careful';
  await store.writeOwnLimits(tenant, { tenant: {}, user: {}, approve: 'writes' });
  const prompt = scripted([[send('default@example.com')], { text: 'Done.' }]);
  const id = await worker.post({ prompt, tools: { approve: 'none' } }, { tenant });
  await worker.until(id, (job) => requiredActionOf(job)?.type === 'approve_tool_calls');
  await cancelJob(engine, id, 'api');
  expect(sentTo('default@example.com')).toEqual([]);
  expect((await decide(id, { decision: 'approve' })).kind).toBe('settled');
});

const limits = (seconds: number) => ({ turns: 8, tool_calls: 64, deadline_seconds: seconds });
