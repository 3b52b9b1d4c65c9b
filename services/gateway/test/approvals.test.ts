import type { Approval, ApprovalList, JobStepList, Problem } from '@pawl/contracts';
import { cancelJob } from '@pawl/engine';
import { testRedis } from '@pawl/testing';
import { expect, test } from 'vitest';
import { apiClient } from './harness/api-client.ts';
import { loseOutcome, reportCall } from './harness/drive-job.ts';
import { startTestGateway } from './harness/start-test-gateway.ts';

const gateway = await startTestGateway(testRedis());
const api = apiClient(gateway.url);

async function newLostJob(): Promise<{ id: string; approval: string; epoch: number }> {
  const { id } = (await api.post('/v1/jobs', { prompt: 'Work' })).body;
  const epoch = await loseOutcome(gateway.engine, id);
  const { body } = await api.get(`/v1/jobs/${id}`);
  if (body.required_action?.type !== 'resolve_tool_outcome') throw new Error('nobody is asked');
  return { id, epoch, approval: body.required_action.approvals[0]?.id ?? '' };
}

const stepOf = async (job: string) => {
  const { body } = await api.get<JobStepList>(`/v1/jobs/${job}/steps`);
  return body.data.find((step) => step.type === 'tool_call');
};

test('a writing call whose outcome is lost waits for a person, with its arguments', async () => {
  const { id, approval } = await newLostJob();
  const { body } = await api.get(`/v1/jobs/${id}`);
  expect(body.status).toBe('requires_action');
  expect(body.required_action).toEqual({
    type: 'resolve_tool_outcome',
    approvals: [
      { id: approval, tool: 'gmail_fetch_mails', input: { query: 'is:unread' }, effect: 'writes' },
    ],
  });
  const pending = await api.get<ApprovalList>('/v1/approvals?status=pending&limit=100');
  expect(pending.body.data.find((each) => each.id === approval)).toMatchObject({
    job: id,
    status: 'pending',
    reason: 'the connection was lost',
    decision: null,
  });
});

test.each([
  [{ decision: 'respond', output: { id: 'm1' } }, 'succeeded', { id: 'm1' }],
  [{ decision: 'reject', message: 'It was never sent.' }, 'failed', null],
  [{ decision: 'approve' }, 'ready', null],
])('the decision %o is taken, and the job goes on', async (decision, status, output) => {
  const { id, approval } = await newLostJob();
  const { status: code, body } = await api.post<Approval>(`/v1/approvals/${approval}`, decision);
  expect(code).toBe(200);
  expect(body).toMatchObject({ id: approval, status: 'decided', decision });
  expect(await stepOf(id)).toMatchObject({ status, output });
  expect((await api.get(`/v1/jobs/${id}`)).body.status).toBe('in_progress');
  const pending = await api.get<ApprovalList>('/v1/approvals?limit=100');
  expect(pending.body.data.map((each) => each.id)).not.toContain(approval);
});

test.each([
  ['{"decision":"respond","output":[{"a":"\\udc00"}]}', 'output[0].a'],
  ['{"decision":"reject","message":"\\ud83d"}', 'message'],
  ['{"decision":"respond","output":{"id":2512292042121000001}}', undefined],
])('what the model could not be told as it is, is refused: %s', async (body, path) => {
  const { approval } = await newLostJob();
  const answer = await api.postText(`/v1/approvals/${approval}`, body);
  expect(answer.status).toBe(400);
  expect(answer.body.errors?.[0]?.path).toBe(path);
  const again = await api.post<Approval>(`/v1/approvals/${approval}`, { decision: 'approve' });
  expect(again.status).toBe(200);
});

test('the same decision again is a no-op, another one is refused', async () => {
  const { approval, id } = await newLostJob();
  const decision = { decision: 'reject', message: 'It failed.' };
  const first = await api.post<Approval>(`/v1/approvals/${approval}`, decision);
  const { sequence } = (await api.get(`/v1/jobs/${id}`)).body;
  const again = await api.post<Approval>(`/v1/approvals/${approval}`, decision);
  expect(again.body).toEqual(first.body);
  expect((await api.get(`/v1/jobs/${id}`)).body.sequence).toBe(sequence);
  const other = await api.post<Problem>(`/v1/approvals/${approval}`, { decision: 'approve' });
  expect(other.status).toBe(409);
  expect(other.body.code).toBe('approval_decided');
});

test('an output is compared as JSON has it', async () => {
  const { approval } = await newLostJob();
  const decision = '{"decision":"respond","output":{"balance":-0.0}}';
  const taken = await api.postText(`/v1/approvals/${approval}`, decision);
  const again = await api.postText(`/v1/approvals/${approval}`, decision);
  expect([taken.status, again.status]).toEqual([200, 200]);
});

test('of two decisions at once exactly one is taken', async () => {
  const { approval } = await newLostJob();
  const answers = await Promise.all(
    [{ decision: 'approve' }, { decision: 'reject', message: 'No.' }].map((decision) =>
      api.post(`/v1/approvals/${approval}`, decision),
    ),
  );
  expect(answers.map(({ status }) => status).toSorted((one, other) => one - other)).toEqual([
    200, 409,
  ]);
});

test('the real outcome settles the call as long as nobody has decided (invariant 5)', async () => {
  const { id, approval, epoch } = await newLostJob();
  await reportCall(gateway.engine, id, epoch, { kind: 'succeeded', output: 'sent' });
  expect(await stepOf(id)).toMatchObject({ status: 'succeeded', output: 'sent' });
  const late = await api.post<Problem>(`/v1/approvals/${approval}`, { decision: 'approve' });
  expect(late.status).toBe(409);
  expect(late.body.code).toBe('approval_settled');
});

test('a cancelled job asks nobody', async () => {
  const { id, approval } = await newLostJob();
  await cancelJob(gateway.engine, id, 'api');
  const answer = await api.post<Problem>(`/v1/approvals/${approval}`, { decision: 'approve' });
  expect(answer.body.code).toBe('approval_settled');
  expect(await stepOf(id)).toMatchObject({ status: 'unknown' });
});

test.each([
  ['an unknown decision', { decision: 'maybe' }, 400],
  ['a response without its output', { decision: 'respond' }, 400],
  ['an unknown field', { decision: 'approve', because: 'so' }, 400],
])('%s is refused', async (_name, body, status) => {
  const { approval } = await newLostJob();
  expect((await api.post(`/v1/approvals/${approval}`, body)).status).toBe(status);
});

test.each(['apr_0_unknown-0-0-1', 'apr_9_unknown-0-0-1', 'nothing'])(
  'the approval %s does not exist',
  async (id) => {
    const answer = await api.post<Problem>(`/v1/approvals/${id}`, { decision: 'approve' });
    expect(answer.status).toBe(404);
  },
);

test('a page of approvals leads to the next one', async () => {
  const made = [await newLostJob(), await newLostJob(), await newLostJob()];
  const seen: string[] = [];
  let cursor: string | null = '';
  while (cursor !== null) {
    const query: string = cursor === '' ? '' : `&cursor=${cursor}`;
    const { body }: { body: ApprovalList } = await api.get(`/v1/approvals?limit=2${query}`);
    seen.push(...body.data.map(({ id }) => id));
    cursor = body.next_cursor;
  }
  expect(seen).toEqual(expect.arrayContaining(made.map(({ approval }) => approval)));
  expect(new Set(seen).size).toBe(seen.length);
});
