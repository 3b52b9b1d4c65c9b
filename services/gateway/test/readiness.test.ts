import { testRedis, waitFor } from '@pawl/testing';
import { expect, test } from 'vitest';
import { apiClient } from './harness/api-client.ts';
import { startTestGateway } from './harness/start-test-gateway.ts';

const redis = testRedis();
const gateway = await startTestGateway(redis);
const api = apiClient(gateway.url);

interface Readiness {
  status: string;
  problems: string[];
}

test('the process says that it is healthy, without a key', async () => {
  expect((await api.get<unknown>('/healthz')).body).toEqual({ status: 'ok' });
});

test('it is ready once Redis is as it should be and a worker is seen', async () => {
  const before = await api.get<Readiness>('/readyz');
  expect(before.status).toBe(503);
  expect(before.headers.get('retry-after')).toBe('2');
  expect(before.body).toEqual({
    status: 'not_ready',
    problems: ['No worker has been seen lately: start one (npm run worker).'],
  });
  await gateway.store.announceWorker('worker_1', Date.now());
  const after = await api.get<Readiness>('/readyz');
  expect(after.status).toBe(200);
  expect(after.body).toEqual({ status: 'ready', problems: [] });
});

test('it is ready, and says so, while ended jobs cannot be archived', async () => {
  await gateway.store.announceWorker('worker_1', Date.now());
  await gateway.store.reportArchive('The archive takes nothing: 503', 60_000);
  const { status, body } = await api.get<Readiness>('/readyz');
  expect(status).toBe(200);
  expect(body).toEqual({
    status: 'degraded',
    problems: ['No ended job is erased, and Redis grows: The archive takes nothing: 503'],
  });
  await gateway.store.reportArchive(undefined, 60_000);
  expect((await api.get<Readiness>('/readyz')).body.status).toBe('ready');
});

test('a probe that succeeds is not worth a line of the log', async () => {
  await api.get('/healthz');
  const line = await waitFor(() => gateway.logged.find((logged) => logged.includes('/healthz')));
  expect(JSON.parse(line)).toMatchObject({ level: 'debug', route: '/healthz', status: 200 });
});
