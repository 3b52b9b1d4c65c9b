import { runningReply } from '@pawl/store';
import { testRedis, waitFor } from '@pawl/testing';
import { expect, test } from 'vitest';
import { apiClient } from './harness/api-client.ts';
import { completeJob, startJob } from './harness/drive-job.ts';
import { openEvents, type ReceivedEvent } from './harness/event-reader.ts';
import { startTestGateway } from './harness/start-test-gateway.ts';

const { engine, store, url } = await startTestGateway(testRedis());
const api = apiClient(url);

async function newJob() {
  const { id } = (await api.post('/v1/jobs', { prompt: 'Work' })).body;
  return { id, open: () => openEvents(`${url}/v1/jobs/${id}/events?stream=deltas`) };
}

/** A job whose turn a worker has taken, and what tells its reply. */
async function runningJob() {
  const job = await newJob();
  await startJob(engine, job.id);
  const reply = runningReply(await store.readJob(job.id));
  if (reply === undefined) throw new Error('no turn runs');
  return { ...job, reply, writer: store.writeDeltas(job.id, reply) };
}

/** The text as a client puts it together. */
function textOf(events: readonly ReceivedEvent[]): string {
  return events.reduce((text, { event, data }) => {
    if (event === 'turn.discarded') return '';
    if (event !== 'turn.delta') return text;
    return text.slice(0, Number(data['offset'])) + String(data['text']);
  }, '');
}

const hasText = (wanted: string) => {
  const seen: ReceivedEvent[] = [];
  return (event: ReceivedEvent) => textOf((seen.push(event), seen)) === wanted;
};

test('who asks for them counts as a watcher, and others do not', async () => {
  const { id, open } = await newJob();
  const plain = await openEvents(`${url}/v1/jobs/${id}/events`);
  await plain.read(() => true);
  expect(await store.isJobWatched(id)).toBe(false);
  const stream = await open();
  await waitFor(() => store.isJobWatched(id));
  plain.leave();
  stream.leave();
});

test('the text comes between the events, and ends with the turn', async () => {
  const { id, open } = await newJob();
  const stream = await open();
  await stream.read(({ event }) => event === 'job.queued');
  await startJob(engine, id);
  const reply = runningReply(await store.readJob(id));
  const writer = store.writeDeltas(id, reply ?? { turn: -1, attempt: 0, epoch: 0 });
  writer.add('All is ');
  writer.flush();
  const first = await stream.read(hasText('All is '));
  expect(first.at(-1)).toMatchObject({
    id: undefined,
    event: 'turn.delta',
    data: { turn: 0, attempt: 1, offset: 0, text: 'All is ' },
  });
  writer.add('well.');
  writer.flush();
  const second = await stream.read(({ event }) => event === 'turn.delta');
  expect(second).toMatchObject([{ data: { offset: 7, text: 'well.' } }]);
  await api.post(`/v1/jobs/${id}/cancel`);
  const rest = await stream.read();
  expect(rest.map(({ event }) => event)).toEqual([
    'turn.discarded',
    'job.cancelled',
    'stream.ended',
  ]);
});

test('who comes in mid-reply gets the text from its beginning', async () => {
  const { open, writer } = await runningJob();
  writer.add('Said before. ');
  writer.flush();
  const early = await open();
  await early.read(hasText('Said before. '));
  early.leave();
  const stream = await open();
  writer.add('Said then.');
  writer.flush();
  const events = await stream.read(hasText('Said before. Said then.'));
  expect(events.find(({ event }) => event === 'turn.delta')?.data['offset']).toBe(0);
  stream.leave();
});

test('the text of an attempt that failed is discarded, and the next one begins anew', async () => {
  const { id, open, reply, writer } = await runningJob();
  const stream = await open();
  writer.add('Half an ans');
  writer.flush();
  await stream.read(hasText('Half an ans'));
  writer.discard();
  const discarded = await stream.read(({ event }) => event === 'turn.discarded');
  expect(discarded.at(-1)?.data).toMatchObject({ turn: 0, attempt: 1 });
  const next = store.writeDeltas(id, { ...reply, attempt: 2, epoch: reply.epoch + 2 });
  // Of a claim that was lost: nobody wants to see it.
  writer.add('wer');
  writer.flush();
  next.add('A whole answer.');
  next.flush();
  const events = await stream.read(hasText('A whole answer.'));
  expect(events).toMatchObject([{ data: { attempt: 2, offset: 0, text: 'A whole answer.' } }]);
  stream.leave();
});

test('an answer that is complete is not discarded, and its log has no text in it', async () => {
  const { id, open } = await newJob();
  const stream = await open();
  await stream.read(({ event }) => event === 'job.queued');
  await completeJob(engine, id, 'Done.');
  const events = await stream.read();
  expect(events.map(({ event }) => event)).not.toContain('turn.discarded');
  expect(events.at(-1)?.event).toBe('stream.ended');
});
