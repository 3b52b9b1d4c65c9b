import { setMaxListeners } from 'node:events';
import type { Request, Response } from 'express';
import { defaultStreamTimes, type Gateway } from '../gateway.ts';
import { tenantOf } from '../http/authenticate.ts';
import { ProblemError, retryAfter } from '../http/problem.ts';
import { createPlaces } from '../routes/waiting-room.ts';

/** After so long, and up to twice as long, a browser connects again. Milliseconds. */
const reconnectTime = 1_000;

/** The connection of one client that reads events. */
export interface EventConnection {
  /** Aborted once nothing more can be sent: the client has gone or does not read, or the gateway stops. */
  readonly over: AbortSignal;
  /** Sends a piece of the stream, and waits until the client has room for more. */
  send(text: string): Promise<void>;
  /** There may be something new to send. Each heartbeat wakes too, should a change not have been told. */
  wake(): void;
  /** Resolves with the next wake-up, or at once where there was one since the last call. */
  rest(): Promise<void>;
}

export interface StreamReader {
  readonly request: Request;
  readonly response: Response;
  readonly tenant: string;
  /** What a heartbeat says beside being one; it has no data. */
  readonly heartbeat?: () => string;
}

/** Lets a bounded number of clients read events, shared among tenants as long polls are. */
export function createEventConnections(gateway: Gateway) {
  const { streams, streamTimes = defaultStreamTimes } = gateway.settings;
  const { heartbeatInterval, keyInterval, readTimeout } = streamTimes;
  const places = createPlaces(streams);
  // Every stream listens.
  setMaxListeners(0, gateway.closing);
  return {
    /**
     * Begins a stream and keeps it until `run` is done or nothing more can be sent.
     *
     * @throws ProblemError `streams_full`
     */
    async open(
      reader: StreamReader,
      run: (connection: EventConnection) => Promise<void>,
    ): Promise<void> {
      const { request, response, tenant } = reader;
      const place = places.take(tenant);
      if (place === undefined) throw streamsFull();
      const over = new AbortController();
      const end = () => over.abort();
      response.once('close', end);
      const signals = [place.controller.signal, gateway.closing];
      for (const signal of signals) signal.addEventListener('abort', end);
      if (response.destroyed || gateway.closing.aborted) end();
      begin(response);
      const connection = connect(response, over.signal, readTimeout);
      const heartbeat = setInterval(() => {
        if (!response.writableNeedDrain)
          response.write(`${reader.heartbeat?.() ?? ''}: heartbeat\n\n`);
        connection.wake();
      }, heartbeatInterval);
      const keyCheck = setInterval(() => {
        tenantOf(gateway, request).then(
          (owner) => owner === tenant || end(),
          // Redis may be away: only what a key is refused for ends the stream.
          (error: unknown) => error instanceof ProblemError && end(),
        );
      }, keyInterval);
      try {
        if (request.method !== 'HEAD') await run(connection);
      } finally {
        clearInterval(heartbeat);
        clearInterval(keyCheck);
        place.leave();
        response.off('close', end);
        for (const signal of signals) signal.removeEventListener('abort', end);
        response.end();
      }
    },
  };
}

export type EventConnections = ReturnType<typeof createEventConnections>;

function streamsFull(): ProblemError {
  return new ProblemError(
    'streams_full',
    'This gateway has as many event streams open as it may (MOST_EVENT_STREAMS). Close those that are not read, or try again.',
    { headers: { 'Retry-After': retryAfter } },
  );
}

/** No proxy on the way may keep, change or hold back what is sent. */
function begin(response: Response): void {
  response.status(200).set({
    'Content-Type': 'text/event-stream; charset=utf-8',
    'Cache-Control': 'no-cache, no-store, no-transform',
    'X-Accel-Buffering': 'no',
  });
  response.flushHeaders();
  response.write(`retry: ${reconnectTime + Math.round(Math.random() * reconnectTime)}\n\n`);
}

function connect(response: Response, over: AbortSignal, readTimeout: number): EventConnection {
  let isAwake = false;
  let awaken: (() => void) | undefined;
  const wake = () => {
    isAwake = true;
    awaken?.();
  };
  over.addEventListener('abort', wake);
  return {
    over,
    wake,
    async send(text) {
      if (over.aborted || response.write(text)) return;
      await drained(response, over, readTimeout);
    },
    async rest() {
      if (!isAwake && !over.aborted) {
        await new Promise<void>((resolve) => {
          awaken = resolve;
        });
      }
      isAwake = false;
    },
  };
}

/** Until the client has read what waits for it; who does not read loses the connection, and goes on with a new one. */
function drained(response: Response, over: AbortSignal, readTimeout: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => response.destroy(), readTimeout);
    const done = () => {
      clearTimeout(timer);
      response.off('drain', done);
      over.removeEventListener('abort', done);
      resolve();
    };
    response.once('drain', done);
    over.addEventListener('abort', done);
  });
}
