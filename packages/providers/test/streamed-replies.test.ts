import type { IncomingMessage, ServerResponse } from 'node:http';
import { json } from 'node:stream/consumers';
import type { ModelOutcome } from '@pawl/engine';
import { expect, test } from 'vitest';
import { startModel, startModelAt } from './harness/start-model.ts';

const text = 'The five mails are about lunch, a bill, a party, trains and — 🚂 — more trains.';
const usage = { inputTokens: 11, outputTokens: 7, costUsd: 0.5 };

const tool = {
  name: 'ping',
  tool: {
    name: 'ping',
    description: 'Pings',
    inputSchema: { type: 'object', properties: {} },
    connection: 'net',
  },
};

const reasoningDetails = [{ type: 'reasoning.encrypted', data: 'opaque', index: 0 }];

test.each([
  ['a text', { text, usage }],
  ['calls', { toolCalls: [{ id: 'call_1', name: 'ping', arguments: { to: 'a' } }], usage }],
  [
    'a text with calls and reasoning',
    { text, toolCalls: [{ id: 'call_1', name: 'ping', arguments: {} }], reasoningDetails, usage },
  ],
])('%s is the same reply, streamed or not', async (_what, answer) => {
  const { sandbox, ask } = await startModel({ sandbox: { usageCost: 'always' } });
  sandbox.control.scriptModel([{ turns: [answer, answer] }]);
  const whole = await ask({ tools: [tool] });
  sandbox.control.scriptModel([{ turns: [answer, answer] }]);
  const pieces: string[] = [];
  const streamed = await ask({ tools: [tool] }, undefined, (piece) => pieces.push(piece));
  expect(whole.kind).toBe('reply');
  expect(streamed).toEqual(whole);
  expect(pieces.join('')).toBe('text' in answer ? text : '');
  const [first, second] = sandbox.control.modelRequests().items.map(({ body }) => body);
  expect(first).not.toHaveProperty('stream');
  expect(second).toMatchObject({ stream: true, stream_options: { include_usage: true } });
});

test.each([
  ['drop_connection', 'transient'],
  ['error_in_success', 'transient'],
] as const)('a stream that ends with %s in mid-answer is a failure', async (kind, outcome) => {
  const { sandbox, ask } = await startModel();
  sandbox.control.scriptModel([{ next: [{ text, usage }] }]);
  sandbox.control.addFault({
    match: { operation: 'model' },
    when: 'after-effect',
    effect: { kind },
  });
  const pieces: string[] = [];
  expect((await ask({}, undefined, (piece) => pieces.push(piece))).kind).toBe(outcome);
  expect(text.startsWith(pieces.join(''))).toBe(true);
});

interface Asked {
  readonly stream?: boolean;
}

/** An endpoint that answers by what it was asked for. */
async function startEndpoint(answer: (asked: Asked, response: ServerResponse) => void) {
  const asked: Asked[] = [];
  const started = await startModelAt((request: IncomingMessage, response) => {
    const read = async () => {
      const body = (await json(request)) as Asked;
      asked.push(body);
      answer(body, response);
    };
    void read();
  });
  const ask = (): Promise<ModelOutcome> => started.ask({}, undefined, () => {});
  return { asked, ask, started };
}

const completion = {
  model: 'm',
  choices: [{ index: 0, message: { role: 'assistant', content: 'Hi.' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 3, completion_tokens: 2 },
};
const event = (data: object) => `data: ${JSON.stringify(data)}\n\n`;
const chunk = (content: string, reason: string | null = null) =>
  event({
    model: 'm',
    choices: [{ index: 0, delta: { role: 'assistant', content }, finish_reason: reason }],
  });

test('an endpoint that refuses to stream is asked again without, and from then on', async () => {
  const { asked, ask } = await startEndpoint(({ stream }, response) => {
    response.setHeader('content-type', 'application/json');
    if (stream !== true) response.end(JSON.stringify(completion));
    else response.writeHead(400).end('{"error":{"message":"Unknown field: stream_options"}}');
  });
  expect(await ask()).toMatchObject({ kind: 'reply', reply: { inputTokens: 3 } });
  expect(await ask()).toMatchObject({ kind: 'reply', reply: { inputTokens: 3 } });
  expect(asked.map(({ stream }) => stream)).toEqual([true, undefined, undefined]);
});

test('a model whose streams do not say what they cost is not streamed again', async () => {
  const { asked, ask } = await startEndpoint(({ stream }, response) => {
    if (stream === true) response.end(`${chunk('Hi.', 'stop')}data: [DONE]\n\n`);
    else response.end(JSON.stringify(completion));
  });
  expect(await ask()).toMatchObject({ kind: 'reply', reply: { inputTokens: 0 } });
  expect(await ask()).toMatchObject({ kind: 'reply', reply: { inputTokens: 3 } });
  expect(asked.map(({ stream }) => stream)).toEqual([true, undefined]);
});

test('text is told as it comes, wherever the bytes of a character are torn apart', async () => {
  const pieces: string[] = [];
  let goOn: (() => void) | undefined;
  const { started } = await startEndpoint((_asked, response) => {
    const bytes = Buffer.from(chunk('All 🚂'));
    response.write(bytes.subarray(0, bytes.length - 60));
    response.write(bytes.subarray(bytes.length - 60));
    goOn = () => response.end(`${chunk(' aboard.', 'stop')}data: [DONE]\n\n`);
  });
  const outcome = await started.ask({}, undefined, (piece) => {
    pieces.push(piece);
    if (pieces.length === 1) goOn?.();
  });
  expect(pieces).toEqual(['All 🚂', ' aboard.']);
  expect(outcome).toMatchObject({ reply: { message: { content: 'All 🚂 aboard.' } } });
});
