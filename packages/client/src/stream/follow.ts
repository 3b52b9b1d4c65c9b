import { PawlAnswerError, PawlConnectionError, reasonOf } from '../request/errors.ts';
import {
  isObject,
  openExchange,
  parseJson,
  type QueryValue,
  readRaw,
  toApiError,
} from '../request/exchange.ts';
import type { Gateway } from '../request/gateway.ts';
import { isTransient, pauseBefore } from '../request/repeat.ts';
import { pause, startWatch, type Watch } from '../request/watch.ts';
import { readServerSentEvents } from './server-sent-events.ts';

/** Events as they come. Who stops reading early closes the connection. */
export interface EventStream<StreamEvent> extends AsyncGenerator<StreamEvent, void, undefined> {
  /** Where the stream stands: give it as `after` to go on later, with the same filter. */
  readonly lastEventId: string | undefined;
}

interface StreamRequest {
  /** Relative to the base URL, its parts encoded. */
  readonly path: string;
  readonly query: Readonly<Record<string, QueryValue>>;
  readonly after: string | number | undefined;
  readonly signal: AbortSignal | undefined;
  readonly longestSilenceMilliseconds?: number;
}

/** The gateway sends something every 15 seconds. */
const LONGEST_SILENCE_MILLISECONDS = 45_000;
/** A connection that held for longer was a good one, even if nothing happened. */
const GOOD_CONNECTION_MILLISECONDS = 16_000;

/**
 * A stream of events, until it has ended. A connection that is lost is made again, and goes on where it ended: nothing
 * is missed, and nothing comes twice. Connections that bring nothing, one after the other, are made again as often as
 * the settings say.
 *
 * @throws PawlApiError when the gateway refuses; PawlConnectionError when it does not answer, or breaks off again and
 * again; PawlAnswerError for what is no event; the signal's reason when aborted; TypeError for a place that is none.
 */
export function followEvents<StreamEvent>(
  gateway: Gateway,
  request: StreamRequest,
): EventStream<StreamEvent> {
  const place = { id: request.after === undefined ? '' : String(request.after) };
  if (!/^[\x21-\x7e]*$/.test(place.id)) throw new TypeError('"after" is not the id of an event.');
  const events = follow<StreamEvent>(gateway, request, place);
  Object.defineProperty(events, 'lastEventId', { get: () => place.id || undefined });
  return events as EventStream<StreamEvent>;
}

async function* follow<StreamEvent>(
  gateway: Gateway,
  request: StreamRequest,
  place: { id: string },
): AsyncGenerator<StreamEvent, void, undefined> {
  const { signal, longestSilenceMilliseconds = LONGEST_SILENCE_MILLISECONDS } = request;
  const { retry } = gateway;
  for (let fruitless = 0; ;) {
    signal?.throwIfAborted();
    const watch = startWatch(signal, longestSilenceMilliseconds);
    const begin = performance.now();
    let loss: unknown;
    try {
      const body = await open(gateway, request, place.id, watch);
      if (body === undefined) return;
      for await (const { id, data } of readServerSentEvents(body, watch.restart)) {
        const event = parseEvent(data);
        if (event['type'] === 'stream.ended') return;
        fruitless = -1;
        // The reader may take its time.
        watch.hold();
        if (id !== '') place.id = id;
        // The event is what the API document says, and may hold more.
        yield event as StreamEvent;
        watch.restart();
      }
      loss = new PawlConnectionError('The stream ended before its end.');
    } catch (error) {
      signal?.throwIfAborted();
      if (!isTransient(error)) throw error;
      loss = error;
    } finally {
      watch.end();
    }
    const isGood = !watch.isOverdue() && performance.now() - begin > GOOD_CONNECTION_MILLISECONDS;
    fruitless = isGood ? 0 : fruitless + 1;
    if (fruitless > retry.retries) throw loss;
    const milliseconds = pauseBefore(fruitless, loss, retry);
    if (milliseconds > retry.longestMilliseconds) throw loss;
    await pause(milliseconds, signal);
  }
}

/** Undefined: nothing is left to tell. */
async function open(
  gateway: Gateway,
  { path, query }: StreamRequest,
  last: string,
  watch: Watch,
): Promise<ReadableStream<Uint8Array> | undefined> {
  const headers = {
    accept: 'text/event-stream, application/problem+json',
    ...(last !== '' && { 'last-event-id': last }),
  };
  try {
    const response = await openExchange(
      gateway,
      { method: 'GET', path, query, headers },
      watch.signal,
    );
    if (response.status === 204) return undefined;
    if (!response.ok) throw toApiError(await readRaw(response), Date.now());
    const type = response.headers.get('content-type') ?? '';
    if (response.body !== null && type.startsWith('text/event-stream')) return response.body;
  } catch (error) {
    if (error instanceof Error && error.name.startsWith('Pawl')) throw error;
    const reason = watch.isOverdue() ? 'no answer in time' : reasonOf(error);
    const { origin } = gateway.baseUrl;
    throw new PawlConnectionError(`The gateway at ${origin} does not answer (${reason}).`, {
      cause: error,
    });
  }
  throw new PawlAnswerError("The answer is no stream of events. Is the address the gateway's?");
}

function parseEvent(data: string): Record<string, unknown> {
  const event = parseJson(data);
  if (isObject(event) && typeof event['type'] === 'string') return event;
  throw new PawlAnswerError('The stream sent an event that is not JSON with a type.');
}
