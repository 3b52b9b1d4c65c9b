import {
  request as requestHttp,
  type Agent,
  type ClientRequest,
  type IncomingMessage,
} from 'node:http';
import { request as requestHttps } from 'node:https';
import type { LookupFunction } from 'node:net';
import type { Readable } from 'node:stream';
import { constants, createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';

export interface HttpRequest {
  readonly url: URL;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal: AbortSignal;
  /** Absent: a connection for this exchange alone. */
  readonly agent?: Agent;
  /** How names are resolved; by default as everything else on this machine. */
  readonly lookup?: LookupFunction;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  /** Decompressed. */
  readonly body: Buffer;
  /** False: the body goes on, and was not read to its end. */
  readonly isWhole: boolean;
}

/** Is told a piece of a body, decompressed. */
export type OnChunk = (chunk: Buffer) => void;

/** An answer has more bytes than it may have. They were not read. */
export class AnswerTooLarge extends Error {
  override readonly name = 'AnswerTooLarge';

  constructor(maxBytes: number) {
    super(`the answer has more than ${maxBytes} bytes`);
  }
}

/** What came is not an answer that HTTP knows. The same request would be answered in the same way. */
export class InvalidHttpAnswer extends Error {
  override readonly name = 'InvalidHttpAnswer';
}

const maxHeaderBytes = 16_384;

/**
 * One exchange over HTTP/1.1, without redirects. Of the body no more is read than the bound, counted after it was
 * decompressed: what goes on is hung up on.
 *
 * Made of Node's own client, since undici, and so the global `fetch`, ends an exchange with an error where a server
 * sends `100 Continue` unasked, as it may (RFC 9110, 15.2): such a server could never be reached.
 *
 * @param boundOf says how many bytes of the body are read. It is told the status as soon as that is there.
 * @param onChunk is told the pieces of a success's body as they come
 * @throws InvalidHttpAnswer, Error of Node's network or TLS, or the signal's reason.
 */
export async function sendHttp(
  request: HttpRequest,
  boundOf: (status: number) => number,
  onChunk: OnChunk = () => {},
): Promise<HttpAnswer> {
  const { signal } = request;
  signal.throwIfAborted();
  let hangUp: (() => void) | undefined;
  try {
    return await new Promise<HttpAnswer>((resolve, reject) => {
      const outgoing = send(request, {
        onAnswer(message) {
          const { statusCode: status = 0, headers } = message;
          readBounded(decompressed(message), {
            maxBytes: boundOf(status),
            onChunk: status < 300 ? onChunk : () => {},
            onRead: (body, isWhole) => resolve({ status, headers, body, isWhole }),
            onError: reject,
          });
        },
        onError: reject,
      });
      hangUp = () => {
        // Said first: what the connection's end brings about is no answer.
        reject(signal.reason as Error);
        outgoing.destroy();
      };
      signal.addEventListener('abort', hangUp, { once: true });
    });
  } catch (error) {
    throw isOfParser(error)
      ? new InvalidHttpAnswer(`the answer could not be read: ${error.code}`, { cause: error })
      : error;
  } finally {
    if (hangUp !== undefined) signal.removeEventListener('abort', hangUp);
  }
}

/** Of Node's parser of HTTP, or of its zlib. */
function isOfParser(error: unknown): error is Error & { readonly code: string } {
  return (
    error instanceof Error &&
    'code' in error &&
    typeof error.code === 'string' &&
    /^(HPE_|Z_|ERR__ERROR_FORMAT|ERR_BROTLI)/.test(error.code)
  );
}

function send(
  { url, method, headers, body, agent, lookup }: HttpRequest,
  {
    onAnswer,
    onError,
  }: { onAnswer: (message: IncomingMessage) => void; onError: (error: Error) => void },
): ClientRequest {
  const begin = url.protocol === 'https:' ? requestHttps : requestHttp;
  const outgoing = begin(url, {
    method,
    headers: {
      'accept-encoding': 'gzip, deflate, br',
      ...headers,
      ...(body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }),
    },
    agent: agent ?? false,
    maxHeaderSize: maxHeaderBytes,
    ...(lookup === undefined ? {} : { lookup }),
  });
  let isAnswered = false;
  outgoing.once('response', (message) => {
    isAnswered = true;
    const { statusCode = 0 } = message;
    if (statusCode >= 200 && statusCode < 600) {
      onAnswer(message);
    } else {
      message.destroy();
      onError(new InvalidHttpAnswer(`the answer has the status ${statusCode}`));
    }
  });
  // `101 Switching Protocols`: Node says nothing more of such an exchange, not even when it is aborted.
  outgoing.once('upgrade', ({ statusCode }, socket) => {
    socket.destroy();
    onError(new InvalidHttpAnswer(`the answer has the status ${statusCode}`));
  });
  outgoing.once('close', () => {
    if (!isAnswered) onError(new Error('the connection was closed without an answer'));
  });
  // Stays: an exchange that was hung up on may err once more.
  outgoing.on('error', onError);
  outgoing.end(body);
  return outgoing;
}

function decompressed(message: IncomingMessage): Readable {
  const decoder = decoderOf(message.headers['content-encoding']);
  if (decoder === undefined) return message;
  message.on('error', (error) => decoder.destroy(error));
  // What was read only in part is hung up on.
  decoder.on('close', () => message.destroy());
  return message.pipe(decoder);
}

function decoderOf(encoding: string | undefined) {
  // Lenient with bodies that lack their end, as browsers are.
  const flush = { flush: constants.Z_SYNC_FLUSH, finishFlush: constants.Z_SYNC_FLUSH };
  switch (encoding?.trim().toLowerCase()) {
    case 'gzip':
    case 'x-gzip':
      return createGunzip(flush);
    case 'deflate':
      return createInflate(flush);
    case 'br':
      return createBrotliDecompress({
        flush: constants.BROTLI_OPERATION_FLUSH,
        finishFlush: constants.BROTLI_OPERATION_FLUSH,
      });
    default:
      return undefined;
  }
}

interface BoundedReading {
  readonly maxBytes: number;
  readonly onChunk: OnChunk;
  readonly onRead: (body: Buffer, isWhole: boolean) => void;
  readonly onError: (error: Error) => void;
}

/**
 * Reads at its own pace: what comes faster waits at the sender. By events, which take a tenth of what an iterator of the
 * stream takes.
 */
function readBounded(
  stream: Readable,
  { maxBytes, onChunk, onRead, onError }: BoundedReading,
): void {
  const chunks: Buffer[] = [];
  let length = 0;
  stream.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    length += chunk.length;
    if (length > maxBytes) {
      onRead(Buffer.concat(chunks).subarray(0, maxBytes), false);
      stream.destroy();
      return;
    }
    try {
      onChunk(chunk);
    } catch (error) {
      stream.destroy(error as Error);
    }
  });
  stream.once('end', () => onRead(Buffer.concat(chunks), true));
  stream.on('error', onError);
  stream.once('close', () => onError(new Error('the connection was closed within the answer')));
}
