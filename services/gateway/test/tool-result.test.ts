import { resultLink } from '@pawl/providers';
import { testRedis } from '@pawl/testing';
import { expect, test } from 'vitest';
import { apiClient } from './harness/api-client.ts';
import { reportCall, startCall } from './harness/drive-job.ts';
import { startTestGateway } from './harness/start-test-gateway.ts';

const secretOf = (byte: number) => `whsec_${Buffer.alloc(24, byte).toString('base64')}`;
const [secret, newer] = [secretOf(1), secretOf(2)];
const redis = testRedis();

/** The tools that jobs are driven with are of this connection. */
const gateway = await startTestGateway(redis, {
  sources: { gmail: { type: 'functions', secret: [newer, secret], functions: [] } },
});
const api = apiClient(gateway.url);

/** A job whose call was accepted; answers the path of the call's link. */
async function accepted(signedWith = secret): Promise<{ job: string; path: string }> {
  const { body } = await api.post('/v1/jobs', { prompt: 'Do it.', user: 'ada' });
  const epoch = await startCall(gateway.engine, body.id);
  await reportCall(gateway.engine, body.id, epoch, { kind: 'accepted', within: 60_000 });
  const link = resultLink('', `${body.id.replace('job_', 'call_')}-0-0`, signedWith);
  return { job: body.id, path: link };
}

const tell = (path: string, body: unknown) => api.post<{ code?: string }>(path, body);

test('the signed link takes the result once, without an API key', async () => {
  const { job, path } = await accepted();
  expect((await tell(path, { output: { done: true } })).status).toBe(204);
  expect((await tell(path, { output: { done: true } })).status).toBe(204);
  const other = await tell(path, { output: { done: false } });
  expect(other).toMatchObject({ status: 409, body: { code: 'result_not_awaited' } });
  const { body } = await api.get<{ data: unknown[] }>(`/v1/jobs/${job}/steps`);
  expect(body.data).toContainEqual(
    expect.objectContaining({ status: 'succeeded', output: { done: true } }),
  );
});

test('a failure is told as one, and links of every secret of the source hold', async () => {
  const { job, path } = await accepted(newer);
  expect((await tell(path, { error: { message: 'The bank said no.' } })).status).toBe(204);
  const { body } = await api.get<{ data: unknown[] }>(`/v1/jobs/${job}/steps`);
  expect(body.data).toContainEqual(
    expect.objectContaining({
      status: 'failed',
      error: { code: 'tool_failed', message: 'The bank said no.', retryable: false },
    }),
  );
});

test('a call that waits shows as such, and its job as in progress', async () => {
  const { job } = await accepted();
  expect((await api.get(`/v1/jobs/${job}`)).body.status).toBe('in_progress');
  const { body } = await api.get<{ data: unknown[] }>(`/v1/jobs/${job}/steps`);
  expect(body.data).toContainEqual(expect.objectContaining({ status: 'awaiting_result' }));
});

test('whoever has no link learns nothing of what exists', async () => {
  const { path } = await accepted();
  const [address = '', token = ''] = path.split('?token=');
  const other = await accepted();
  const elsewhere = `${other.path.split('?')[0]}?token=${token}`;
  const foreign = await accepted(secretOf(3));
  const paths = [
    address,
    `${address}?token=wrong`,
    elsewhere,
    foreign.path,
    `/v1/tool-calls/call_0_none-0-0/result?token=${token}`,
    `/v1/tool-calls/call_9_none-0-0/result?token=${token}`,
    `/v1/tool-calls/x/result?token=${token}`,
  ];
  const answers = await Promise.all(paths.map((each) => tell(each, { output: 1 })));
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([404]));
  expect((await tell(path, { output: 1 })).status).toBe(204);
});

test.each([
  [{}],
  [{ output: 1, error: { message: 'both' } }],
  [{ error: { message: '' } }],
  [{ error: { message: 'x', code: 'With Blanks' } }],
  [{ outptu: 1 }],
])('%j is no result, and uses nothing up', async (body) => {
  const { path } = await accepted();
  expect(await tell(path, body)).toMatchObject({ status: 400, body: { code: 'invalid_request' } });
  expect((await tell(path, { output: null })).status).toBe(204);
});
