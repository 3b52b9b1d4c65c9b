import { expect, test } from 'vitest';
import { Job } from '@pawl/contracts';
import type { FakeGateway, Stage } from './fake-gateway.ts';
import { gatewayWith } from './fake-gateway.ts';
import { aJob, aTurn, runningCall, completedTurn } from './job-fixtures.ts';
import { runAgainst, type Run } from './run-against.ts';

const never = new Promise<never>(() => undefined);
const posted: Stage = { snapshot: { job: aJob(), steps: [] } };
const busy: Stage = {
  snapshot: { job: aJob({ status: 'in_progress', sequence: 2 }), steps: [aTurn()] },
};
const nothingMore: Stage = { ...busy, when: never };

const cancelRoute = 'POST /v1/jobs/job_0_abc/cancel';
const problem = {
  type: 'about:blank',
  title: 'Title',
  detail: 'Said by the test.',
  request_id: 'r',
};

async function theLongPollIsOpen(gateway: FakeGateway): Promise<void> {
  await expect
    .poll(() => gateway.requests.filter((route) => route === 'GET /v1/jobs/job_0_abc'))
    .toHaveLength(2);
}

async function interrupted(gateway: FakeGateway, run: Run): Promise<number> {
  await theLongPollIsOpen(gateway);
  run.signals.emit('SIGINT');
  return run.exitCode;
}

test('Ctrl-C cancels the job', async () => {
  const cancelled = aJob({ status: 'cancelled', sequence: 3 });
  const gateway = await gatewayWith({ stages: [posted, busy, nothingMore], cancelled });
  const run = runAgainst(gateway.url);
  expect(await interrupted(gateway, run)).toBe(130);
  expect(gateway.requests.at(-1)).toBe(cancelRoute);
  expect(run.stdout.text).toMatch(/The job was cancelled\.\n$/);
  expect(run.left).toEqual([]);
  expect(run.signals.eventNames()).toEqual([]);
});

test('a cancellation that meets a 503 is repeated', async () => {
  const cancelled = aJob({ status: 'cancelled', sequence: 3 });
  const unavailable = { ...problem, status: 503, code: 'storage_unavailable' };
  const gateway = await gatewayWith({
    stages: [posted, busy, nothingMore],
    cancelled,
    faults: [{ on: cancelRoute, fault: { kind: 'problem', problem: unavailable } }],
  });
  const run = runAgainst(gateway.url);
  expect(await interrupted(gateway, run)).toBe(130);
  expect(run.stdout.text).toContain('The job was cancelled.');
});

test('a termination cancels the job too, and has its own exit code', async () => {
  const cancelled = aJob({ status: 'cancelled', sequence: 3 });
  const gateway = await gatewayWith({ stages: [posted, busy, nothingMore], cancelled });
  const run = runAgainst(gateway.url);
  await theLongPollIsOpen(gateway);
  run.signals.emit('SIGTERM');
  expect(await run.exitCode).toBe(143);
});

test('Ctrl-C while the prompt is being posted cancels the job that comes of it', async () => {
  const cancelled = aJob({ status: 'cancelled', sequence: 2 });
  const gateway = await gatewayWith({ stages: [posted], cancelled });
  const run = runAgainst(gateway.url);
  run.signals.emit('SIGINT');
  expect(await run.exitCode).toBe(130);
  expect(gateway.requests).toEqual(['POST /v1/jobs', cancelRoute]);
});

test('a job that ended in the same moment is not said to be cancelled', async () => {
  const ended = { ...problem, status: 409, code: 'job_ended' };
  const gateway = await gatewayWith({
    stages: [posted, busy, nothingMore],
    faults: [{ on: cancelRoute, fault: { kind: 'problem', problem: ended } }],
  });
  const run = runAgainst(gateway.url);
  expect(await interrupted(gateway, run)).toBe(130);
  expect(run.stdout.text).toContain('The job job_0_abc had ended before it could be cancelled.');
});

test('a cancellation that is refused says that the job may go on', async () => {
  const refused = { ...problem, status: 500, code: 'internal_error' };
  const gateway = await gatewayWith({
    stages: [posted, busy, nothingMore],
    faults: [{ on: cancelRoute, fault: { kind: 'problem', problem: refused } }],
  });
  const run = runAgainst(gateway.url);
  expect(await interrupted(gateway, run)).toBe(130);
  expect(run.stdout.text).toContain('could not be cancelled and may go on: Said by the test.');
});

test('the second Ctrl-C leaves at once', async () => {
  const clock = { time: 0 };
  const gateway = await gatewayWith({
    stages: [posted, busy, nothingMore],
    cancelled: aJob({ status: 'cancelled', sequence: 3 }),
  });
  const run = runAgainst(gateway.url, { now: () => clock.time });
  await theLongPollIsOpen(gateway);
  run.signals.emit('SIGINT');
  clock.time = 1_000;
  run.signals.emit('SIGINT');
  expect(run.left).toEqual([130]);
  await run.exitCode;
});

test('as JSON, a cancelled job is printed with the steps it had', async () => {
  const working: Stage = {
    snapshot: {
      job: aJob({ status: 'in_progress', sequence: 2 }),
      steps: [completedTurn(), runningCall()],
    },
  };
  const gateway = await gatewayWith({
    stages: [posted, working, { ...working, when: never }],
    cancelled: aJob({ status: 'cancelled', sequence: 3 }),
  });
  const run = runAgainst(gateway.url, { words: ['--json', 'Hello'] });
  expect(await interrupted(gateway, run)).toBe(130);
  const printed: unknown = JSON.parse(run.stdout.text);
  expect(Job.parse(printed).status).toBe('cancelled');
  expect(printed).toMatchObject({ steps: [{ type: 'turn' }, { type: 'tool_call' }] });
});
