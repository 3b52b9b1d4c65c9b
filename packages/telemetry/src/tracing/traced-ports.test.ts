import type { ModelClient, ModelOutcome, ModelRequest } from '@pawl/engine';
import { ExportResultCode } from '@opentelemetry/core';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import { expect, test } from 'vitest';
import { createMetrics } from '../metrics/create-metrics.ts';
import { meterModel } from '../metrics/metered-ports.ts';
import { createTracing } from './open-telemetry.ts';
import { traceModel } from './traced-ports.ts';

const request: ModelRequest = {
  model: 'openai/gpt-4o-mini',
  messages: [
    { role: 'user', content: [{ type: 'text', text: 'Look.' }, { type: 'image_url' }] },
    {
      role: 'assistant',
      content: null,
      tool_calls: [{ id: 'call_1', function: { name: 'look', arguments: '{"at":1}' } }],
    },
    { role: 'tool', tool_call_id: 'call_1', content: 'x'.repeat(10_000) },
  ],
  tools: [],
  options: {},
  jobId: 'job_0_a',
};

const reply: ModelOutcome = {
  kind: 'reply',
  reply: {
    message: { role: 'assistant', content: 'Yes.' },
    finishReason: 'stop',
    model: 'gpt-4o-mini-2024',
    inputTokens: 10,
    outputTokens: 2,
    costUsd: 0.5,
  },
};

/** Tells its reply in two pieces. */
const model: ModelClient = {
  providerOf: () => 'models.example/openai',
  async complete(_request, _signal, onText) {
    onText?.('Ye');
    onText?.('s.');
    return reply;
  },
};

const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

async function finished(work: (tracing: ReturnType<typeof createTracing>) => Promise<unknown>) {
  const sent: ReadableSpan[] = [];
  const tracing = createTracing('test', {
    export(spans, callback) {
      sent.push(...spans);
      callback({ code: ExportResultCode.SUCCESS });
    },
    shutdown: async () => undefined,
  });
  await work(tracing);
  await tracing.stop();
  return sent;
}

test('a model that is measured and traced still tells its text as it comes', async () => {
  const heard: string[] = [];
  const spans = await finished(async (tracing) => {
    const { recorder } = createMetrics();
    const client = meterModel(traceModel(model, tracing, { content: false }), recorder);
    await tracing.within(traceparent, { 'pawl.turn': 3 }, () =>
      client.complete(request, new AbortController().signal, (text) => heard.push(text)),
    );
  });
  expect(heard).toEqual(['Ye', 's.']);
  expect(spans.map(({ name, attributes }) => ({ name, attributes }))).toEqual([
    {
      name: 'chat openai/gpt-4o-mini',
      attributes: {
        'pawl.turn': 3,
        'gen_ai.operation.name': 'chat',
        'gen_ai.provider.name': 'openai',
        'gen_ai.request.model': 'openai/gpt-4o-mini',
        'gen_ai.response.model': 'gpt-4o-mini-2024',
        'gen_ai.response.finish_reasons': ['stop'],
        'gen_ai.usage.input_tokens': 10,
        'gen_ai.usage.output_tokens': 2,
        'pawl.cost_usd': 0.5,
        'server.address': 'models.example',
      },
    },
  ]);
});

test('contents are in the form of the conventions, each text of them bounded', async () => {
  const [span] = await finished(async (tracing) => {
    const client = traceModel(model, tracing, { content: true });
    await tracing.within(traceparent, {}, () =>
      client.complete(request, new AbortController().signal),
    );
  });
  const read = (name: string) => JSON.parse(String(span?.attributes[name])) as unknown;
  expect(read('gen_ai.input.messages')).toEqual([
    { role: 'user', parts: [{ type: 'text', content: 'Look.\n[image_url]' }] },
    {
      role: 'assistant',
      parts: [{ type: 'tool_call', id: 'call_1', name: 'look', arguments: '{"at":1}' }],
    },
    {
      role: 'tool',
      parts: [{ type: 'tool_call_response', id: 'call_1', response: `${'x'.repeat(8_000)}…` }],
    },
  ]);
  expect(read('gen_ai.output.messages')).toEqual([
    { role: 'assistant', parts: [{ type: 'text', content: 'Yes.' }], finish_reason: 'stop' },
  ]);
});

test('a call that belongs to no trace is no span', async () => {
  const spans = await finished((tracing) =>
    traceModel(model, tracing, { content: false }).complete(request, new AbortController().signal),
  );
  expect(spans).toEqual([]);
});
