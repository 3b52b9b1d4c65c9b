import { requiredActionOf, resumeJobs } from '@pawl/engine';
import { testRedis } from '@pawl/testing';
import { expect, test } from 'vitest';
import { scripted, startTestWorker } from './harness/start-test-worker.ts';

const worker = await startTestWorker(testRedis(), { sandbox: { autoActive: false } });
/** Looks by itself whether the accounts are active that its jobs wait for. */
const watchful = await startTestWorker(testRedis(), {
  sandbox: { autoActive: false },
  rules: { accountCheckInterval: 400 },
});

const waits = (id: string, { until } = worker) =>
  until(id, (job) => requiredActionOf(job) !== null);
const activate = (identifier: string, { control } = worker, connection = 'gmail') =>
  control.setAccountStatus({ identifier, connection }, 'ACTIVE');

test('a job without an active account waits as state only, and goes on after the callback', async () => {
  const user = 'callback';
  const id = await worker.post({ prompt: 'Fetch my last 2 unread emails.', user });
  const waiting = await waits(id);
  expect(requiredActionOf(waiting)).toMatchObject({ type: 'connect_account', connection: 'gmail' });
  expect(
    worker.control.modelRequests().items.filter(({ prompt }) => prompt.includes('last 2')),
  ).toEqual([]);
  activate(user);
  const account = { tenant: 'default', user, connection: 'gmail' };
  // The worker's own look at the account, every 400 ms here, may be first.
  await resumeJobs(worker.engine, account);
  expect(await worker.ended(id)).toMatchObject({ status: 'completed' });
});

test('every job that waits for the account goes on', async () => {
  const user = 'several';
  const prompt = scripted([{ text: 'Every one went on.' }]);
  const account = { tenant: 'default', user, connection: 'gmail' };
  const jobs = await Promise.all([1, 2, 3].map(() => worker.post({ prompt, user })));
  await Promise.all(jobs.map((id) => waits(id)));
  activate(user);
  // A job's own look, right after it began to wait, may be the first one to find the account active.
  expect(await resumeJobs(worker.engine, account)).toBeLessThanOrEqual(3);
  for (const id of jobs) expect(await worker.ended(id)).toMatchObject({ status: 'completed' });
  const turns = worker.control.modelRequests().items.filter((each) => each.prompt === prompt);
  expect(turns.length, 'each job goes on once, whoever resumed it').toBe(3);
  expect(await resumeJobs(worker.engine, account), 'nobody waits any more').toBe(0);
});

test('a resume that got lost is found by the sparse look (invariant 8)', async () => {
  const user = 'lost-callback';
  const id = await watchful.post({ prompt: scripted([{ text: 'Found.' }]), user });
  await waits(id, watchful);
  activate(user, watchful);
  expect(await watchful.ended(id)).toMatchObject({ status: 'completed', text: 'Found.' });
});

test('two missing accounts are asked for one after the other', async () => {
  const user = 'two';
  const id = await watchful.post({
    prompt: scripted([{ text: 'Both.' }]),
    user,
    connections: ['gmail', 'slack'],
  });
  const first = requiredActionOf(await waits(id, watchful));
  expect(first).toMatchObject({ connection: 'gmail' });
  activate(user, watchful, 'gmail');
  await watchful.until(id, (job) => {
    const action = requiredActionOf(job);
    return action?.type === 'connect_account' && action.connection === 'slack';
  });
  activate(user, watchful, 'slack');
  expect(await watchful.ended(id)).toMatchObject({ status: 'completed', text: 'Both.' });
});

const send = (to: string) => ({
  tool: 'gmail_send_message',
  arguments: { to, subject: 'Hi', body: 'Hi.' },
});

test('a token that is refused in mid-job asks for the account, and the call is made afterwards', async () => {
  const user = 'revoked';
  activate(user, watchful);
  const to = 'revoked@example.com';
  let revoked = false;
  watchful.control.on('model.after_answer', ({ prompt }) => {
    if (!prompt.includes(to) || revoked) return;
    revoked = true;
    watchful.control.expireAccount({ identifier: user, connection: 'gmail' });
  });
  const id = await watchful.post({ prompt: scripted([[send(to)], { text: 'Sent.' }]), user });
  await waits(id, watchful);
  activate(user, watchful);
  expect(await watchful.ended(id)).toMatchObject({ status: 'completed', text: 'Sent.' });
  const sent = watchful.control.effects().items.filter(({ identifier }) => identifier === user);
  expect(sent).toHaveLength(1);
});

/** How Scalekit refuses a call of an account that is not active any more. */
test.each([
  ['TOKEN_EXPIRED', 'Unauthenticated', 'EXPIRED'],
  [undefined, 'NotFound', 'DISCONNECTED'],
  [undefined, 'FailedPrecondition', 'PENDING_AUTH'],
  [undefined, 'PermissionDenied', 'PENDING_VERIFICATION'],
] as const)(
  'after the refusal %s %s of an account that is %s, the job asks for it and goes on at the same call',
  async (toolErrorCode, code, status) => {
    const user = `refused-${code}`;
    activate(user);
    const account = { identifier: user, connection: 'gmail' };
    const to = `${code}@example.com`;
    const stop = worker.control.on('model.after_answer', ({ prompt }) => {
      if (!prompt.includes(to)) return;
      stop();
      worker.control.setAccountStatus(account, status);
      worker.control.addFault({
        match: { operation: 'ExecuteTool', identifier: user },
        effect: {
          kind: 'grpc_status',
          code,
          ...(toolErrorCode !== undefined && { toolErrorCode }),
        },
      });
    });
    const id = await worker.post({ prompt: scripted([[send(to)], { text: 'Sent.' }]), user });
    const waiting = await waits(id);
    expect(waiting.phase.name, 'the call waits, not the turn').toBe('calls');
    activate(user);
    await resumeJobs(worker.engine, { tenant: 'default', user, connection: 'gmail' });
    expect(await worker.ended(id)).toMatchObject({ status: 'completed', text: 'Sent.' });
    const sent = worker.control.effects().items.filter(({ identifier }) => identifier === user);
    expect(sent).toHaveLength(1);
  },
);

test('a connection that does not exist fails the job with a clear code', async () => {
  const id = await worker.post({ prompt: 'Work', connections: ['gmail', 'jira'] });
  expect(await worker.ended(id)).toMatchObject({
    status: 'failed',
    failure: { code: 'unknown_connection' },
  });
});

test('tenants do not share accounts, though their users have one name (invariant 11)', async () => {
  const user = 'same-name';
  activate(user);
  const prompt = scripted([{ text: 'Mine.' }]);
  const own = await worker.post({ prompt, user });
  expect(await worker.ended(own)).toMatchObject({ status: 'completed' });
  const other = await worker.post({ prompt, user }, { tenant: 'acme' });
  await waits(other);
});
