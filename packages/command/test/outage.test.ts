import { expect, test } from 'vitest';
import type { Fault, Stage } from './fake-gateway.ts';
import { gatewayWith } from './fake-gateway.ts';
import { aJob } from './job-fixtures.ts';
import { runAgainst } from './run-against.ts';
import { unusedOrigin } from './serve.ts';

const stages: readonly Stage[] = [
  { snapshot: { job: aJob(), steps: [] } },
  {
    snapshot: {
      job: aJob({ status: 'completed', sequence: 2, result: { text: 'Done.' } }),
      steps: [],
    },
  },
];

function problem(status: number, code: string, errors?: { path: string; message: string }[]) {
  return {
    type: 'about:blank',
    title: 'Title',
    status,
    code,
    detail: 'Said by the test.',
    request_id: 'request-1',
    ...(errors && { errors }),
  };
}

const unavailable = {
  kind: 'problem',
  problem: problem(503, 'storage_unavailable'),
  retryAfter: 0,
} as const;

test('Redis being away for a moment is not noticed', async () => {
  const gateway = await gatewayWith({
    stages,
    faults: [
      { on: 'POST /v1/jobs', fault: unavailable },
      { on: 'POST /v1/jobs', fault: unavailable },
      { on: 'GET /v1/jobs/job_0_abc/steps', fault: unavailable },
      { on: 'GET /v1/jobs/job_0_abc', fault: { kind: 'drop' } },
    ],
  });
  const run = runAgainst(gateway.url);
  expect(await run.exitCode).toBe(0);
  expect(run.stderr.text).toBe('');
});

test('a job whose acceptance got lost is posted again with the same key', async () => {
  const gateway = await gatewayWith({
    stages,
    faults: [{ on: 'POST /v1/jobs', fault: { kind: 'drop_after_effect' } }],
  });
  expect(await runAgainst(gateway.url).exitCode).toBe(0);
  expect(gateway.posted).toHaveLength(2);
  expect(new Set(gateway.posted.map(({ key }) => key)).size).toBe(1);
});

test('two commands have two keys', async () => {
  const gateway = await gatewayWith({ stages });
  await runAgainst(gateway.url).exitCode;
  await runAgainst(gateway.url).exitCode;
  expect(new Set(gateway.posted.map(({ key }) => key)).size).toBe(2);
});

test('a gateway that stays away is given up, saying that the job goes on', async () => {
  const drop: Fault = { on: 'GET /v1/jobs/job_0_abc', fault: { kind: 'drop' } };
  const gateway = await gatewayWith({ stages, faults: [drop, drop, drop, drop] });
  const run = runAgainst(gateway.url);
  expect(await run.exitCode).toBe(1);
  expect(run.stderr.text).toContain('does not answer (');
  expect(run.stderr.text).toContain(
    'The job was accepted as job_0_abc and goes on without this command.',
  );
});

test('no gateway at all is said with its address', async () => {
  const origin = await unusedOrigin();
  const run = runAgainst(origin);
  expect(await run.exitCode).toBe(1);
  expect(run.stderr.text).toBe(
    `The gateway at ${origin} does not answer (ECONNREFUSED). Is it running, and is the address right?\n`,
  );
});

test('a refused request names what is wrong', async () => {
  const errors = [{ path: 'model', message: 'must not hold spaces' }];
  const gateway = await gatewayWith({
    stages,
    faults: [
      {
        on: 'POST /v1/jobs',
        fault: { kind: 'problem', problem: problem(400, 'invalid_request', errors) },
      },
    ],
  });
  const run = runAgainst(gateway.url);
  expect(await run.exitCode).toBe(1);
  expect(run.stdout.text).toBe('');
  expect(run.stderr.text).toBe(
    'Said by the test.\n  model: must not hold spaces\n(400 invalid_request, request request-1)\n',
  );
});

test('a wrong key says which variable to set, and the key is not shown', async () => {
  const gateway = await gatewayWith({
    stages,
    apiKey: 'right',
    faults: [
      { on: 'POST /v1/jobs', fault: { kind: 'problem', problem: problem(401, 'unauthorized') } },
    ],
  });
  const run = runAgainst(gateway.url, { environment: { PAWL_API_KEY: 'wrong-key' } });
  expect(await run.exitCode).toBe(1);
  expect(run.stderr.text).toContain('Set PAWL_API_KEY');
  expect(run.stderr.text).not.toContain('wrong-key');
});

test.each([
  ['an address that is none', { PAWL_URL: 'localhost:3000' }, [], 'PAWL_URL'],
  ['a flag with such an address', {}, ['--url', 'gateway'], "The gateway's address"],
  ['a key that no header can hold', { PAWL_API_KEY: 'secret key' }, [], 'The API key'],
  ['an unknown flag', {}, ['--modle', 'x'], '--model'],
])('%s is wrong use', async (_name, environment, words, named) => {
  const run = runAgainst('http://127.0.0.1:9', { environment, words });
  expect(await run.exitCode).toBe(2);
  expect(run.stderr.text).toContain(named);
  expect(run.stderr.text).not.toContain('secret');
});
