import { setTimeout as wait } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { PawlConnectionError } from '../request/errors.ts';
import { readSettings } from '../request/gateway.ts';
import { followEvents } from './follow.ts';

/** A stream whose gateway sends one text after the other, each in a connection of its own, and then nothing. */
function streamOf(texts: readonly string[], longestSilenceMilliseconds: number) {
  const connections: AbortSignal[] = [];
  const fetch: typeof globalThis.fetch = async (_input, init) => {
    const { signal } = init ?? {};
    const text = texts[connections.length] ?? '';
    if (signal) connections.push(signal);
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        controller.enqueue(Buffer.from(text));
        signal?.addEventListener('abort', () => controller.error(signal.reason));
      },
    });
    return new Response(body, { headers: { 'content-type': 'text/event-stream' } });
  };
  const retry = { retries: 2, firstPauseMilliseconds: 1, longestPauseMilliseconds: 1 };
  const gateway = readSettings({ baseUrl: 'http://localhost:3000', retry, fetch });
  const request = {
    path: 'v1/events',
    query: {},
    after: undefined,
    signal: undefined,
    longestSilenceMilliseconds,
  };
  return { events: followEvents<{ type: string }>(gateway, request), connections };
}

const event = (type: string) => `data: {"type":"${type}"}\n\n`;

test('a connection on which nothing comes any more is made again, and in the end given up', async () => {
  const { events, connections } = streamOf([event('a'), event('b')], 10);
  expect((await events.next()).value).toEqual({ type: 'a' });
  expect((await events.next()).value).toEqual({ type: 'b' });
  await expect(events.next()).rejects.toBeInstanceOf(PawlConnectionError);
  expect(connections).toHaveLength(5);
});

test('a reader who takes longer than the gateway may be silent keeps the connection', async () => {
  const { events, connections } = streamOf([event('a') + event('b')], 10);
  expect((await events.next()).value).toEqual({ type: 'a' });
  // A time that passes is what is tried here: four times the silence.
  await wait(40);
  expect((await events.next()).value).toEqual({ type: 'b' });
  expect(connections).toHaveLength(1);
  expect(connections[0]?.aborted).toBe(false);
  await events.return();
  expect(connections[0]?.aborted).toBe(true);
});
