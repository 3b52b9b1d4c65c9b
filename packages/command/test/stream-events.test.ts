import type { ServerResponse } from 'node:http';
import { expect, test } from 'vitest';
import { createPawlClient, type StreamedEvent } from '../src/index.ts';
import { serve } from './serve.ts';

const about = { job: 'job_0_a', user: 'ada', conversation: 'conv_0_a', schedule: null };

function frame(id: number, type: string): string {
  const created_at = '2026-11-26T10:00:00.000Z';
  return `id: ${id}\nevent: ${type}\ndata: ${JSON.stringify({ id, object: 'event', type, ...about, created_at })}\n\n`;
}

const end = 'event: stream.ended\ndata: {"type":"stream.ended","reason":"job_ended"}\n\n';
const newer = 'event: job.renamed\ndata: {"type":"job.renamed"}\n\n';

/** A client of a server that gives one answer after the other, and where each request wanted to go on. */
async function clientOf(answers: readonly ((response: ServerResponse) => void)[]) {
  const asked: (string | undefined)[] = [];
  const origin = await serve((request, response) => {
    const answer = answers[asked.length];
    asked.push([request.url, request.headers['last-event-id']].flat().join(' ').trim());
    if (answer === undefined) response.writeHead(500).end();
    else answer(response);
  });
  const retry = { retries: 3, firstPauseMilliseconds: 1, longestPauseMilliseconds: 1 };
  return { client: createPawlClient({ baseUrl: origin, retry }), asked };
}

const sends = (text: string) => (response: ServerResponse) =>
  response.writeHead(200, { 'content-type': 'text/event-stream' }).end(text);

async function idsOf(events: AsyncGenerator<StreamedEvent>): Promise<unknown[]> {
  const ids: unknown[] = [];
  for await (const event of events) ids.push('id' in event ? event.id : event.type);
  return ids;
}

test('events come until the job has ended; those of a newer version are passed over', async () => {
  const { client, asked } = await clientOf([
    sends(
      `retry: 1000\n\n: heartbeat\n\n${frame(1, 'job.queued')}${newer}${frame(2, 'job.completed')}${end}`,
    ),
  ]);
  expect(await idsOf(client.streamEvents('job_0_a'))).toEqual([1, 2]);
  expect(asked).toEqual(['/v1/jobs/job_0_a/events']);
});

test('a connection that ends or breaks is made again, and goes on behind the last event', async () => {
  const { client, asked } = await clientOf([
    sends(frame(1, 'job.queued')),
    (response) => {
      response
        .writeHead(200)
        .write(`${frame(2, 'job.started')}id: 3\nevent: job.comp`, () => response.destroy());
    },
    (response) => response.writeHead(503).end(),
    sends(`${frame(3, 'job.completed')}${end}`),
  ]);
  expect(await idsOf(client.streamEvents('job_0_a'))).toEqual([1, 2, 3]);
  expect(asked.map((each) => each?.split(' ')[1])).toEqual([undefined, '1', '2', '2']);
});

test('a job of which everything is known has nothing to tell', async () => {
  const { client, asked } = await clientOf([(response) => response.writeHead(204).end()]);
  expect(await idsOf(client.streamEvents('job_0_a', { after: 5, deltas: true }))).toEqual([]);
  expect(asked).toEqual(['/v1/jobs/job_0_a/events?stream=deltas 5']);
});

test('a refusal is an error with its code, and an abort ends the stream', async () => {
  const problem = {
    type: 'about:blank',
    title: 'x',
    status: 404,
    code: 'not_found',
    detail: 'There is no job.',
    request_id: 'r',
  };
  const { client } = await clientOf([
    (response) => response.writeHead(404).end(JSON.stringify(problem)),
    (response) => void response.writeHead(200).write(frame(1, 'job.queued')),
  ]);
  await expect(idsOf(client.streamEvents('job_0_a'))).rejects.toMatchObject({ code: 'not_found' });
  const leaving = new AbortController();
  const events = client.streamEvents('job_0_a', { signal: leaving.signal });
  expect((await events.next()).value).toMatchObject({ id: 1 });
  leaving.abort(new Error('enough'));
  await expect(events.next()).rejects.toThrow('enough');
});
