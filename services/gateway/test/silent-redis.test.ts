import { startTcpProxy, testRedis, waitFor } from '@pawl/testing';
import { afterAll, expect, test } from 'vitest';
import { apiClient } from './harness/api-client.ts';
import { startTestGateway } from './harness/start-test-gateway.ts';

// A host that vanishes closes no connection: TCP would give up on it after minutes.
const redis = testRedis({ oneServer: true });
const proxy = await startTcpProxy(new URL(redis.url));
afterAll(() => proxy.stop());
const redisUrl = Object.assign(new URL(redis.url), {
  hostname: '127.0.0.1',
  port: String(proxy.port),
}).href;
const gateway = await startTestGateway(redis, { redisUrl, silence: 1_000 });
const api = apiClient(gateway.url);

test('a gateway whose Redis falls silent soon opens new connections, and hears of changes again', async () => {
  const waiting = (await api.post('/v1/jobs', { prompt: 'Wait' })).body;
  proxy.silence();
  const begun = performance.now();
  const posted = await waitFor(async () => {
    const answer = await api.post('/v1/jobs', { prompt: 'Work' });
    return answer.status === 202 && answer.body;
  });
  expect(performance.now() - begun).toBeLessThan(10_000);
  expect(posted.status).toBe('queued');

  // The connection that only listens has noticed it too.
  await waitFor(() => proxy.opened() >= 4);
  const change = api.get<{ status: string }>(`/v1/jobs/${waiting.id}?wait=20`);
  await api.post(`/v1/jobs/${waiting.id}/cancel`);
  expect((await change).body.status).toBe('cancelled');
});
