import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { AnswerTooLarge, InvalidHttpAnswer, type OnChunk, sendHttp } from './send-http.ts';

/** Of an answer that is an error no more is read: it is said at its beginning what is wrong. */
const errorBytes = 65_536;

/** Shorter than the idle time-outs of servers: a request on a connection that they dropped would be lost. */
const idleConnectionTimeout = 4_000;

/** A `fetch` that also tells the pieces of a success's body as they come, should somebody want to know. */
export type BoundedFetch = (
  ...parameters: [...Parameters<typeof globalThis.fetch>, onChunk?: OnChunk]
) => Promise<Response>;

/**
 * A `fetch` for texts that hands an answer on once it is read whole, and reads no more of it than `maxBytes`. Redirects
 * are not followed.
 *
 * @throws AnswerTooLarge, InvalidHttpAnswer, and what {@link sendHttp} throws.
 */
export function createBoundedFetch({ maxBytes }: { maxBytes: number }): BoundedFetch {
  const settings = { keepAlive: true, timeout: idleConnectionTimeout };
  const agents = { 'http:': new HttpAgent(settings), 'https:': new HttpsAgent(settings) };
  return async (input, init = {}, onChunk) => {
    const url = new URL(input instanceof Request ? input.url : input);
    const { method = 'GET', body, signal } = init;
    if (body !== undefined && body !== null && typeof body !== 'string') {
      throw new TypeError('this fetch sends texts only');
    }
    const answer = await sendHttp(
      {
        url,
        method,
        headers: Object.fromEntries(headersOf(init.headers)),
        ...(typeof body === 'string' ? { body } : {}),
        signal: signal ?? new AbortController().signal,
        agent: url.protocol === 'https:' ? agents['https:'] : agents['http:'],
      },
      (status) => (status < 300 ? maxBytes : Math.min(maxBytes, errorBytes)),
      onChunk,
    );
    const { status, isWhole } = answer;
    // For those who have asked whether something was modified: nobody has.
    if (status === 304) throw new InvalidHttpAnswer('the answer has the status 304');
    if (!isWhole && status < 300) throw new AnswerTooLarge(maxBytes);
    const headers: [string, string][] = [];
    for (const [name, value] of Object.entries(answer.headers)) {
      if (value !== undefined && name !== 'content-encoding' && name !== 'content-length') {
        for (const each of [value].flat()) headers.push([name, each]);
      }
    }
    return readResponse(answer.body, { status, headers });
  };
}

function headersOf(given: RequestInit['headers']): Headers {
  return given instanceof Headers ? given : new Headers(given);
}

/**
 * A response whose body is there already, for `text` and `json` alone. Node's own makes a stream of a body, to read it
 * from that: a third of what an exchange takes here.
 */
function readResponse(body: Buffer, init: ResponseInit): Response {
  const text = async () => new TextDecoder().decode(body);
  const json = async (): Promise<unknown> => JSON.parse(await text());
  return Object.assign(new Response(null, init), { text, json });
}
