import { expect, test } from 'vitest';
import { PawlAnswerError, PawlConnectionError } from '../request/errors.ts';
import { readServerSentEvents } from './server-sent-events.ts';

type Chunk = string | Uint8Array;

function bodyOf(chunks: readonly Chunk[], end: 'closes' | 'breaks' = 'closes') {
  return new ReadableStream<Uint8Array>({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(Buffer.from(chunk));
      if (end === 'closes') controller.close();
    },
    pull(controller) {
      if (end === 'breaks') controller.error(new TypeError('terminated'));
    },
  });
}

async function eventsOf(chunks: readonly Chunk[], end?: 'breaks') {
  const events: string[] = [];
  for await (const { id, data } of readServerSentEvents(bodyOf(chunks, end), () => undefined)) {
    events.push(`${id} ${data}`);
  }
  return events;
}

test('events are read with their ids; comments and what is not complete are none', async () => {
  const text = ': hello\n\nid: 1\ndata: a\n\nevent: x\ndata:b\ndata: c\n\nretry: 5\n\ndata: half';
  expect(await eventsOf([text])).toEqual(['1 a', '1 b\nc']);
});

test.each([['\n'], ['\r\n'], ['\r']])('lines may end with %j, cut anywhere', async (end) => {
  const bytes = Buffer.from(`${['id: 1', 'data: ü', '', 'data: b', '', ''].join(end)}:`);
  for (let cut = 1; cut < bytes.length; cut += 1) {
    const events = await eventsOf([bytes.subarray(0, cut), bytes.subarray(cut)]);
    expect(events).toEqual(['1 ü', '1 b']);
  }
  expect(await eventsOf(Array.from(bytes, (byte) => Uint8Array.of(byte)))).toEqual(['1 ü', '1 b']);
});

test('a body that breaks off is a lost connection', async () => {
  await expect(eventsOf(['data: a\n\n'], 'breaks')).rejects.toBeInstanceOf(PawlConnectionError);
});

test('an event without an end is refused, in one line and in many', async () => {
  const piece = 'x'.repeat(1_000_000);
  const line = ['data: ', ...Array.from({ length: 17 }, () => piece)];
  await expect(eventsOf(line)).rejects.toBeInstanceOf(PawlAnswerError);
  const lines = Array.from({ length: 17 }, () => `data: ${piece}\n`);
  await expect(eventsOf(lines)).rejects.toBeInstanceOf(PawlAnswerError);
});
