import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { RunningService } from '@pawl/testing';
import { expect, test } from 'vitest';
import { createBuiltServices, logOf } from './harness/built-services.ts';
import { scripted } from './harness/start-test-worker.ts';
import { startHangingCollector, startTraceCollector } from './harness/trace-collector.ts';

const { start, ask } = await createBuiltServices();

const startBoth = (tracing: Record<string, string>) =>
  Promise.all([start('gateway', tracing), start('worker', tracing)]);

/** Posts a job, and answers its status when it has ended. */
async function runJob(): Promise<string> {
  const prompt = scripted([[{ tool: 'gmail_fetch_mails' }], { text: 'Done.' }]);
  const { id } = await ask<{ id: string }>('POST', '/v1/jobs', { body: { prompt } });
  return (await ask<{ status: string }>('GET', `/v1/jobs/${id}?wait=60`)).status;
}

/** Lines of log that say so. */
const losses = ({ lines }: RunningService) =>
  lines.filter((line) => line.includes('traces cannot be sent')).length;

const pathOf = (path: string) => fileURLToPath(new URL(`../../../${path}`, import.meta.url));

test('a collector that never answers keeps no job and no stop waiting: its spans are lost, and a line of log says so', async () => {
  const collector = await startHangingCollector();
  const [gateway, worker] = await startBoth({
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    OTEL_EXPORTER_OTLP_TIMEOUT: '300',
    OTEL_BSP_SCHEDULE_DELAY: '20',
    OTEL_BSP_MAX_QUEUE_SIZE: '20',
    OTEL_BSP_MAX_EXPORT_BATCH_SIZE: '10',
  });
  const statuses = await Promise.all(Array.from({ length: 20 }, () => runJob()));
  expect(new Set(statuses)).toEqual(new Set(['completed']));
  await expect.poll(() => losses(worker)).toBeGreaterThan(0);
  const said = logOf(worker).find(({ msg }) => String(msg).startsWith('traces cannot be sent'));
  expect(said).not.toHaveProperty('trace_id');
  // Once for each cause, and then counted.
  expect(losses(worker)).toBeLessThan(4);
  expect(collector.requests()).toBeGreaterThan(0);
  // In time: after ten seconds they would have been killed.
  expect(await Promise.all([worker.stop(), gateway.stop()])).toEqual([
    { code: 0, signal: null },
    { code: 0, signal: null },
  ]);
});

test('what is still to be sent is sent when a process stops; protobuf is what is spoken by default', async () => {
  const collector = await startTraceCollector();
  const [gateway, worker] = await startBoth({
    OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${collector.url}/of/traces`,
    OTEL_BSP_SCHEDULE_DELAY: '600000',
    OTEL_SERVICE_NAME: 'agents',
  });
  expect(await runJob()).toBe('completed');
  expect(collector.requests).toEqual([]);
  await worker.stop();
  await gateway.stop();
  expect(collector.requests.map(({ path, headers }) => [path, headers['content-type']])).toEqual([
    ['/of/traces', 'application/x-protobuf'],
    ['/of/traces', 'application/x-protobuf'],
  ]);
  const [ofWorker] = collector.requests;
  const texts = ['agents', 'chat openai/gpt-4o-mini', 'execute_tool gmail_fetch_mails'];
  expect(texts.filter((text) => ofWorker?.body.includes(text) !== true)).toEqual([]);
});

/** Loads gateway and worker as their programs do, and prints what came along; prom-client brings the API alone. */
const loadsWhat = `
  import { Module } from 'node:module';
  await import(process.argv[1]);
  await import(process.argv[2]);
  const { startTracing } = await import(process.argv[3]);
  await startTracing(undefined);
  const loaded = Object.keys(Module._cache).filter((path) => /opentelemetry.(?!api)/.test(path));
  console.log(JSON.stringify(loaded));
`;

test('where nothing is configured, nothing of OpenTelemetry is loaded', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [
    '--input-type=module',
    '--eval',
    loadsWhat,
    pathOf('services/gateway/dist/compose-gateway.js'),
    pathOf('services/worker/dist/compose-worker.js'),
    pathOf('packages/telemetry/dist/index.js'),
  ]);
  expect(JSON.parse(stdout)).toEqual([]);
});
