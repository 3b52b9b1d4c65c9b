import { once } from 'node:events';
import type { Response } from 'express';
import type { Http2ServerResponse } from 'node:http2';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip, gzipSync } from 'node:zlib';

const chunk = Buffer.alloc(65_536, 'a');

/** How large an answer is to be, and whether it is compressed: gzip makes it a thousand times smaller. */
export interface Oversize {
  readonly bytes: number;
  readonly compressed: boolean;
}

/** A client that has read enough hangs up. */
function ignore(): void {}

function* letters(count: number): Generator<Buffer> {
  for (let left = count; left > 0; left -= chunk.length) {
    yield left < chunk.length ? chunk.subarray(0, left) : chunk;
  }
}

function* around(before: Buffer, middle: Iterable<Buffer>, ...after: Buffer[]): Generator<Buffer> {
  yield before;
  yield* middle;
  yield* after;
}

/** A completion whose text has that many bytes, written as fast as the client reads it. */
export async function sendOversizeCompletion(
  response: Response,
  { bytes, compressed }: Oversize,
): Promise<void> {
  const completion = JSON.stringify({
    id: 'gen-sandbox',
    object: 'chat.completion',
    model: 'sandbox/oversize',
    choices: [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', content: '?' } }],
  });
  const [before = '', after = ''] = completion.split('?');
  response.status(200).set('Content-Type', 'application/json');
  const body = Readable.from(around(Buffer.from(before), letters(bytes), Buffer.from(after)));
  if (!compressed) return pipeline(body, response).catch(ignore);
  response.set('Content-Encoding', 'gzip');
  return pipeline(body, createGzip(), response).catch(ignore);
}

/** A number as protobuf writes it. */
function varint(value: number): Buffer {
  const bytes: number[] = [];
  let left = value;
  for (; left > 127; left = Math.floor(left / 128)) bytes.push((left % 128) + 128);
  return Buffer.from([...bytes, left]);
}

/**
 * A successful gRPC answer of that many bytes, below the library that serves RPCs: any message, since the bytes are a
 * field that none of them knows.
 */
export async function sendOversizeMessage(
  response: Http2ServerResponse,
  { bytes, compressed }: Oversize,
): Promise<void> {
  const { stream } = response;
  const field = Buffer.concat([varint(1_000 * 8 + 2), varint(bytes)]);
  response.writeHead(200, {
    'content-type': 'application/grpc+proto',
    ...(compressed ? { 'grpc-encoding': 'gzip' } : {}),
  });
  response.addTrailers({ 'grpc-status': '0' });
  const prefix = Buffer.alloc(5);
  prefix.writeUInt8(compressed ? 1 : 0, 0);
  const packed = compressed ? gzipSync(Buffer.concat([field, ...letters(bytes)])) : undefined;
  prefix.writeUInt32BE(packed?.length ?? field.length + bytes, 1);
  const closed = stream.closed ? undefined : once(stream, 'close');
  const body = Readable.from(
    packed === undefined
      ? around(Buffer.concat([prefix, field]), letters(bytes))
      : [prefix, packed],
  );
  await pipeline(body, response).catch(ignore);
  await closed;
}
