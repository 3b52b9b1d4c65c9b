import type { FaultInput } from '@pawl/sandbox';
import { describe, expect, it } from 'vitest';
import { startModel, startModelAt } from './harness/start-model.ts';

const model = { operation: 'model' };

const tool = {
  name: 'ping',
  tool: {
    name: 'ping',
    description: 'Pings',
    inputSchema: { type: 'object', properties: {} },
    connection: 'net',
  },
};

describe('a model call', () => {
  it('names the bound on the output as the endpoint wants it', async () => {
    const older = { endpoint: { outputLimitField: 'max_tokens' } } as const;
    const { ask } = await startModel({
      sandbox: older,
      client: { outputLimitField: 'max_tokens' },
    });
    expect(await ask({ outputCap: 5 })).toMatchObject({
      kind: 'reply',
      reply: { outputTokens: 5 },
    });
    const { ask: askByNewName } = await startModel({ sandbox: older });
    expect(await askByNewName({ outputCap: 5 })).toMatchObject({
      failure: { message: expect.stringContaining("Use 'max_tokens' instead") },
    });
  });

  it('answers the message as it came, its usage and its cost', async () => {
    const reasoningDetails = [{ type: 'reasoning.encrypted', data: 'opaque', index: 0 }];
    const { sandbox, ask } = await startModel({
      sandbox: { usageCost: 'always' },
    });
    sandbox.control.scriptModel([
      {
        next: [
          {
            toolCalls: [{ id: 'call_1', name: 'ping', arguments: {} }],
            reasoningDetails,
            usage: { inputTokens: 11, outputTokens: 7, costUsd: 0.5 },
          },
        ],
      },
    ]);
    expect(await ask({ tools: [tool] })).toEqual({
      kind: 'reply',
      reply: {
        message: {
          role: 'assistant',
          content: null,
          refusal: null,
          tool_calls: [
            { id: 'call_1', type: 'function', function: { name: 'ping', arguments: '{}' } },
          ],
          reasoning_details: reasoningDetails,
        },
        finishReason: 'tool_calls',
        model: expect.stringContaining('gpt-4o-mini'),
        inputTokens: 11,
        outputTokens: 7,
        costUsd: 0.5,
      },
    });
  });

  it('sends what was asked for, options that the package does not know too, and nothing else', async () => {
    const { sandbox, ask } = await startModel();
    const options = { temperature: 0, provider: { order: ['a'] }, request_tags: ['pawl'] };
    await ask({ options, outputCap: 50, responseFormat: { type: 'json_object' } });
    await ask({ tools: [tool] });
    expect(sandbox.control.modelRequests().items.map(({ body }) => body)).toEqual([
      {
        model: 'openai/gpt-4o-mini',
        messages: [{ role: 'user', content: 'Say hello' }],
        ...options,
        max_completion_tokens: 50,
        response_format: { type: 'json_object' },
      },
      {
        model: 'openai/gpt-4o-mini',
        messages: [{ role: 'user', content: 'Say hello' }],
        tools: [
          {
            type: 'function',
            function: { name: 'ping', description: 'Pings', parameters: tool.tool.inputSchema },
          },
        ],
        tool_choice: 'auto',
      },
    ]);
  });

  it.each<[string, FaultInput['effect'], object]>([
    [
      '408',
      { kind: 'http_status', status: 408 },
      { kind: 'transient', failure: { code: 'model_timeout' } },
    ],
    [
      '409',
      { kind: 'http_status', status: 409 },
      { kind: 'transient', failure: { code: 'model_unavailable' } },
    ],
    [
      '429',
      { kind: 'http_status', status: 429, retryAfterSeconds: 3 },
      { kind: 'transient', retryAfter: 3_000, failure: { code: 'model_rate_limited' } },
    ],
    [
      '500',
      { kind: 'http_status', status: 500, message: 'upstream broke' },
      {
        kind: 'transient',
        failure: {
          code: 'model_unavailable',
          message: 'The model endpoint failed (HTTP 500): upstream broke',
        },
      },
    ],
    [
      '502',
      { kind: 'http_status', status: 502 },
      { kind: 'transient', failure: { code: 'model_unavailable' } },
    ],
    [
      'a dropped connection',
      { kind: 'drop_connection' },
      { kind: 'transient', failure: { code: 'model_unavailable' } },
    ],
    [
      'an error in a success',
      { kind: 'error_in_success' },
      { kind: 'transient', failure: { code: 'model_unavailable' } },
    ],
    [
      'no choices',
      { kind: 'no_choices' },
      { kind: 'unusable', failure: { code: 'model_invalid_response' } },
    ],
    [
      '402',
      { kind: 'http_status', status: 402 },
      { kind: 'quota', failure: { code: 'model_quota_exceeded' } },
    ],
    [
      'a used-up free quota',
      { kind: 'quota_exhausted', resetAt: '2026-01-02T00:00:00Z' },
      { kind: 'quota', resetAt: Date.parse('2026-01-02T00:00:00Z') },
    ],
    [
      '400',
      { kind: 'http_status', status: 400 },
      { kind: 'other_model', failure: { code: 'model_bad_request' } },
    ],
    [
      '401',
      { kind: 'http_status', status: 401 },
      { kind: 'fatal', failure: { code: 'model_unauthorized' } },
    ],
    [
      '403',
      { kind: 'http_status', status: 403 },
      { kind: 'other_model', failure: { code: 'model_forbidden' } },
    ],
    [
      '404',
      { kind: 'http_status', status: 404 },
      { kind: 'other_model', failure: { code: 'model_not_found' } },
    ],
    [
      '422',
      { kind: 'http_status', status: 422 },
      { kind: 'other_model', failure: { code: 'model_bad_request' } },
    ],
  ])('answers %s in the job’s terms, and asks once', async (_name, effect, outcome) => {
    const { sandbox, ask } = await startModel();
    sandbox.control.addFault({ match: model, times: 'always', effect });
    expect(await ask()).toMatchObject(outcome);
    expect(sandbox.control.faults()).toMatchObject([{ struck: 1 }]);
  });

  it('is refused for good with a wrong key, which nobody gets to see', async () => {
    const { ask } = await startModel({ client: { apiKey: 'sk-wrong-key-1234' } });
    const outcome = await ask();
    expect(outcome).toMatchObject({ kind: 'fatal', failure: { code: 'model_unauthorized' } });
    expect(JSON.stringify(outcome)).not.toContain('sk-wrong');
  });

  it('is left to another model where this one does not exist', async () => {
    const { ask } = await startModel();
    expect(await ask({ model: 'no-such-model' })).toMatchObject({
      kind: 'other_model',
      failure: { code: 'model_not_found' },
    });
  });

  it('is tried again where the endpoint can’t be reached', async () => {
    const { sandbox, ask } = await startModel();
    await sandbox.close();
    expect(await ask()).toMatchObject({
      kind: 'transient',
      failure: { code: 'model_unavailable', message: expect.stringContaining('ECONNREFUSED') },
    });
  });

  it('is tried again where no answer comes in time', async () => {
    const { sandbox, ask } = await startModel({ client: { timeout: 200 } });
    sandbox.control.addFault({ match: model, effect: { kind: 'hang' } });
    expect(await ask()).toMatchObject({ kind: 'transient', failure: { code: 'model_timeout' } });
  });

  it('ends when it is aborted', async () => {
    const { sandbox, ask } = await startModel();
    sandbox.control.addFault({ match: model, effect: { kind: 'hang' } });
    const controller = new AbortController();
    const asked = ask({}, controller.signal);
    await expect.poll(() => sandbox.control.held()).toHaveLength(1);
    controller.abort();
    expect(await asked).toEqual({ kind: 'aborted' });
    expect(await ask({}, AbortSignal.abort())).toEqual({ kind: 'aborted' });
  });
});

describe('an endpoint of other manners', () => {
  it('is timed out in the middle of its body, too', async () => {
    const { ask } = await startModelAt(
      (_request, response) => {
        response.writeHead(200, { 'content-type': 'application/json' }).write('   ');
      },
      { timeout: 200 },
    );
    expect(await ask()).toMatchObject({ kind: 'transient', failure: { code: 'model_timeout' } });
  });

  it.each([
    ['application/json', '{"choices": [{"mess'],
    ['application/json', ''],
    ['text/html', '<html>Welcome</html>'],
  ])('gets another try after a 200 with broken %s', async (type, body) => {
    const { ask } = await startModelAt((_request, response) => {
      response.writeHead(200, { 'content-type': type }).end(body);
    });
    expect(await ask()).toMatchObject({
      kind: 'unusable',
      failure: { code: 'model_invalid_response' },
    });
  });

  it.each([
    [400, '{"object":"error","message":"context is too long","code":400}', 'context is too long'],
    [422, '{"detail":"temperature must be a number"}', 'temperature must be a number'],
    [400, '{"error":"model requires more memory"}', 'model requires more memory'],
    [502, '<html><title>Bad gateway</title></html>', 'Bad gateway'],
    [503, '', '(HTTP 503).'],
  ])('is quoted with what it says: %i %s', async (status, body, words) => {
    const { ask } = await startModelAt((_request, response) => {
      response.writeHead(status).end(body);
    });
    expect(await ask()).toMatchObject({ failure: { message: expect.stringContaining(words) } });
  });

  it('may name the wait as a date, and the reset beside the error', async () => {
    const date = new Date(Date.now() + 600_000);
    const { ask } = await startModelAt((_request, response) => {
      response
        .writeHead(429, { 'retry-after': date.toUTCString() })
        .end('{"error":{"code":"free_quota_exceeded"},"reset_at":"2026-03-01T00:00:00Z"}');
    });
    expect(await ask()).toMatchObject({
      kind: 'quota',
      resetAt: Date.parse('2026-03-01T00:00:00Z'),
    });
  });

  it('does not get to show the key that it echoes', async () => {
    const { ask } = await startModelAt((request, response) => {
      response.writeHead(400).end(JSON.stringify({ error: { message: request.headers } }));
    });
    const outcome = await ask();
    expect(outcome).toMatchObject({ kind: 'other_model' });
    expect(JSON.stringify(outcome)).not.toContain('sk-own-key');
  });
});
