import type { ServerResponse } from 'node:http';
import { expect, test } from 'vitest';
import { createPawlClient, PawlAnswerError, PawlConnectionError } from '../src/index.ts';
import { serve } from './serve.ts';

const about = { job: 'job_0_a', user: 'ada', conversation: 'conv_0_a', schedule: null };

function frame(id: number, type: string): string {
  const created_at = '2026-11-26T10:00:00.000Z';
  return `id: ${id}\nevent: ${type}\ndata: ${JSON.stringify({ id, object: 'event', type, ...about, created_at })}\n\n`;
}

const end = 'event: stream.ended\ndata: {"type":"stream.ended","reason":"job_ended"}\n\n';

type Answer = (response: ServerResponse) => unknown;

/** A client of a server that gives one answer after the other, the last one for ever, and what it was asked. */
async function clientOf(...answers: readonly Answer[]) {
  const asked: string[] = [];
  const closed: number[] = [];
  const origin = await serve((request, response) => {
    const number = asked.length;
    asked.push([request.url, request.headers['last-event-id']].flat().join(' ').trim());
    response.on('close', () => closed.push(number));
    (answers[number] ?? answers.at(-1))?.(response);
  });
  const retry = { retries: 3, firstPauseMilliseconds: 1, longestPauseMilliseconds: 1 };
  return { client: createPawlClient({ baseUrl: origin, retry }), asked, closed };
}

const opens = (response: ServerResponse) =>
  response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' });
const sends =
  (text: string): Answer =>
  (response) =>
    opens(response).end(text);
const refuses =
  (status: number, code: string, headers = {}): Answer =>
  (response) =>
    response.writeHead(status, headers).end(JSON.stringify({ code, detail: 'No.' }));

async function idsOf(events: AsyncIterable<object>): Promise<unknown[]> {
  const ids: unknown[] = [];
  for await (const event of events) ids.push('id' in event ? event.id : event);
  return ids;
}

test('events come until the job has ended, those of newer kinds too', async () => {
  const newer = 'event: job.renamed\ndata: {"type":"job.renamed"}\n\n';
  const { client, asked } = await clientOf(
    sends(
      `retry: 1000\n\n: heartbeat\n\n${frame(1, 'job.queued')}${newer}${frame(2, 'job.completed')}${end}`,
    ),
  );
  expect(await idsOf(client.jobs.stream('job_0_a'))).toEqual([1, { type: 'job.renamed' }, 2]);
  expect(asked).toEqual(['/v1/jobs/job_0_a/events']);
});

test('a connection that ends, breaks or is refused for now is made again, and goes on behind the last event', async () => {
  const { client, asked } = await clientOf(
    sends(frame(1, 'job.queued')),
    (response) =>
      opens(response).write(`${frame(2, 'job.started')}id: 3\nevent: job.comp`, () =>
        response.destroy(),
      ),
    (response) => response.writeHead(503).end(),
    refuses(429, 'too_many_requests', { 'retry-after': '0' }),
    sends(`${frame(3, 'job.completed')}${end}`),
  );
  const stream = client.jobs.stream('job_0_a');
  expect(await idsOf(stream)).toEqual([1, 2, 3]);
  expect(asked.map((each) => each.split(' ')[1])).toEqual([undefined, '1', '2', '2', '2']);
  expect(stream.lastEventId).toBe('3');
});

test('a stream that breaks off again and again without an event is given up', async () => {
  const { client, asked } = await clientOf(
    sends(frame(1, 'job.queued')),
    sends(': hello\n\n'),
    (response) => response.destroy(),
    sends(''),
  );
  await expect(idsOf(client.jobs.stream('job_0_a'))).rejects.toBeInstanceOf(PawlConnectionError);
  expect(asked).toHaveLength(5);
});

test('a gateway that asks for more time than there is, is not waited for', async () => {
  const { client, asked } = await clientOf(refuses(503, 'streams_full', { 'retry-after': '3600' }));
  await expect(idsOf(client.jobs.stream('a'))).rejects.toMatchObject({ code: 'streams_full' });
  expect(asked).toHaveLength(1);
});

test('a job of which everything is known has nothing to tell', async () => {
  const { client, asked } = await clientOf((response) => response.writeHead(204).end());
  expect(await idsOf(client.jobs.stream('job_0_a', { after: 5, deltas: true }))).toEqual([]);
  expect(asked).toEqual(['/v1/jobs/job_0_a/events?stream=deltas 5']);
});

test("the stream of a tenant has its filter, and a place that is not an event's id", async () => {
  const { client, asked } = await clientOf(
    sends(frame(1, 'job.queued').replace('id: 1\n', 'id: 0-17.5\n')),
    (response) => response.writeHead(204).end(),
  );
  const stream = client.events.stream({ user: 'ada', after: '0-16.1' });
  expect(stream.lastEventId).toBe('0-16.1');
  expect(await idsOf(stream)).toEqual([1]);
  expect(stream.lastEventId).toBe('0-17.5');
  expect(asked).toEqual(['/v1/events?user=ada 0-16.1', '/v1/events?user=ada 0-17.5']);
  expect(() => client.events.stream({ after: 'a\nb' })).toThrow(TypeError);
});

test('data that is no event, and an answer that is no stream, are errors that are not repeated', async () => {
  for (const answer of [
    sends('data: hello\n\n'),
    sends('data: {"id":1}\n\n'),
    (response: ServerResponse) => response.writeHead(200).end('<p>hello</p>'),
  ]) {
    const { client, asked } = await clientOf(answer);
    await expect(idsOf(client.jobs.stream('a'))).rejects.toBeInstanceOf(PawlAnswerError);
    expect(asked).toHaveLength(1);
  }
});

test('a refusal is an error with its code', async () => {
  const { client, asked } = await clientOf(refuses(404, 'not_found'));
  await expect(idsOf(client.jobs.stream('a'))).rejects.toMatchObject({ code: 'not_found' });
  expect(asked).toHaveLength(1);
});

test('an abort ends the stream, also in a pause', async () => {
  const { client } = await clientOf((response) => opens(response).write(frame(1, 'job.queued')));
  const leaving = new AbortController();
  const events = client.jobs.stream('job_0_a', { signal: leaving.signal });
  expect((await events.next()).value).toMatchObject({ id: 1 });
  leaving.abort(new Error('enough'));
  await expect(events.next()).rejects.toThrow('enough');
  const busy = await clientOf(refuses(503, 'streams_full', { 'retry-after': '30' }));
  const signal = AbortSignal.timeout(50);
  await expect(idsOf(busy.client.jobs.stream('a', { signal }))).rejects.toMatchObject({
    name: 'TimeoutError',
  });
});

test('who stops reading early closes the connection', async () => {
  const { client, asked, closed } = await clientOf((response) =>
    opens(response).write(`${frame(1, 'job.queued')}${frame(2, 'job.started')}`),
  );
  for await (const event of client.jobs.stream('job_0_a')) {
    expect(event).toMatchObject({ id: 1 });
    break;
  }
  await expect.poll(() => closed).toEqual([0]);
  expect(asked).toHaveLength(1);
});
