import { setTimeout as sleep } from 'node:timers/promises';
import { Event, JobSnapshot, TurnDelta, TurnDiscarded } from '@pawl/contracts';
import { z } from 'zod';
import { PawlConnectionError } from './errors.ts';
import { readServerSentEvents } from './event-source.ts';
import { type GatewayAddress, headersOf, reasonOf, toApiError, urlOf } from './exchange.ts';
import { retryIdempotent, type RetrySettings } from './retry-idempotent.ts';

/** What a job's stream tells; `turn.delta` and `turn.discarded` only where they were asked for. */
const StreamedEvent = z.union([Event, JobSnapshot, TurnDelta, TurnDiscarded]);
export type StreamedEvent = z.infer<typeof StreamedEvent>;

export interface StreamEventsOptions {
  readonly signal?: AbortSignal | undefined;
  /** The `id` of the last event that is known: what came afterwards follows. */
  readonly after?: number | undefined;
  /** True: the model's text too, as it comes. */
  readonly deltas?: boolean | undefined;
}

/** The gateway sends something every 15 seconds. */
const LONGEST_SILENCE_MILLISECONDS = 45_000;

/**
 * The events of a job, from the first one or behind one that is known, until the job has ended. A connection that is
 * lost is made again, and goes on where it ended: nothing is missed, and nothing comes twice. Events of kinds that only
 * a newer version knows are passed over.
 *
 * @throws PawlApiError when the gateway refuses; PawlConnectionError when it does not answer for longer than the retries
 * last; the signal's reason when aborted.
 */
export async function* streamEvents(
  address: GatewayAddress,
  job: string,
  {
    signal,
    after,
    deltas = false,
    retry,
    longestSilenceMilliseconds = LONGEST_SILENCE_MILLISECONDS,
  }: StreamEventsOptions & {
    readonly retry: RetrySettings;
    readonly longestSilenceMilliseconds?: number;
  },
): AsyncGenerator<StreamedEvent> {
  let last = after === undefined ? '' : String(after);
  for (;;) {
    // Each attempt has its own watch: the pauses between attempts are no silence of the gateway.
    const watches: SilenceWatch[] = [];
    const attempt = async () => {
      const watch = watchSilence(signal, longestSilenceMilliseconds);
      watches.push(watch);
      const body = await open(address, { job, last, deltas, signal: watch.signal });
      return body && watch.over(body);
    };
    try {
      const body = await retryIdempotent(attempt, retry, signal);
      if (body === undefined) return;
      for await (const { id, data } of readServerSentEvents(body)) {
        last = id === '' ? last : id;
        const json: unknown = JSON.parse(data);
        if (isEnd(json)) return;
        const event = StreamedEvent.safeParse(json);
        if (event.success) yield event.data;
      }
    } catch (error) {
      signal?.throwIfAborted();
      if (!isLost(error)) throw error;
    } finally {
      for (const watch of watches) watch.stop();
    }
    await sleep(retry.firstPauseMilliseconds, undefined, signal && { signal });
  }
}

interface OpenStream {
  readonly job: string;
  readonly last: string;
  readonly deltas: boolean;
  readonly signal: AbortSignal;
}

/** Undefined: the job has ended, and nothing is left to tell. */
async function open(
  address: GatewayAddress,
  { job, last, deltas, signal }: OpenStream,
): Promise<ReadableStream<Uint8Array> | undefined> {
  const request = {
    path: `v1/jobs/${encodeURIComponent(job)}/events`,
    query: deltas ? { stream: 'deltas' } : {},
  };
  let response: Response;
  try {
    response = await address.fetch(urlOf(address.baseUrl, request), {
      headers: {
        ...headersOf(address, {}),
        accept: 'text/event-stream, application/problem+json',
        ...(last !== '' && { 'last-event-id': last }),
      },
      redirect: 'manual',
      signal,
    });
  } catch (error) {
    throw new PawlConnectionError(
      `The gateway at ${address.baseUrl.origin} does not answer (${reasonOf(error)}).`,
      { cause: error },
    );
  }
  if (response.status === 204) return undefined;
  if (response.ok && response.body !== null) return response.body;
  const retryAfter = response.headers.get('retry-after');
  const answer = { status: response.status, retryAfter, text: await response.text() };
  throw toApiError(answer, Date.now());
}

interface SilenceWatch {
  readonly signal: AbortSignal;
  over(body: ReadableStream<Uint8Array>): ReadableStream<Uint8Array>;
  stop(): void;
}

/** Ends an exchange on which nothing has come for too long: its connection may be dead without anybody saying so. */
function watchSilence(
  signal: AbortSignal | undefined,
  longestSilenceMilliseconds: number,
): SilenceWatch {
  const silent = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const begin = () => {
    clearTimeout(timer);
    timer = setTimeout(() => silent.abort(new SilentStream()), longestSilenceMilliseconds);
  };
  begin();
  return {
    signal: signal === undefined ? silent.signal : AbortSignal.any([signal, silent.signal]),
    over: (body: ReadableStream<Uint8Array>) =>
      body.pipeThrough(
        new TransformStream<Uint8Array, Uint8Array>({
          transform(chunk, controller) {
            begin();
            controller.enqueue(chunk);
          },
        }),
      ),
    stop: () => clearTimeout(timer),
  };
}

class SilentStream extends Error {
  override readonly name = 'SilentStream';
}

/** `fetch` says with a TypeError that a connection has ended in the middle of a body. */
function isLost(error: unknown): boolean {
  return error instanceof SilentStream || error instanceof TypeError;
}

function isEnd(data: unknown): boolean {
  return (
    typeof data === 'object' && data !== null && 'type' in data && data.type === 'stream.ended'
  );
}
