import express from 'express';
import type { Request, Response } from 'express';
import { checkBytes, checkText } from './foreign-text.ts';
import { ProblemError } from './problem.ts';

/** 1 MiB. */
const bodyLimit = 1_048_576;
const depthLimit = 64;
/** Reading a value costs more than its bytes: a body of a mebibyte could hold half a million. */
const valueLimit = 20_000;

const bytesOf = new WeakMap<object, { readonly bytes: Buffer; readonly charset: string }>();

const parse = express.json({
  limit: bodyLimit,
  strict: false,
  type: 'application/json',
  verify(request, _response, bytes, charset) {
    bytesOf.set(request, { bytes, charset });
  },
});

/**
 * The JSON of a request's body; undefined when it is empty.
 *
 * @throws ProblemError on another content type, malformed JSON, a body that is too large, too deeply nested, of too many
 * values, or of text and numbers that could not be kept as they are.
 */
export async function readBody(request: Request, response: Response): Promise<unknown> {
  const type = request.headers['content-type'];
  if (type?.split(';', 1)[0]?.trim().toLowerCase() !== 'application/json') {
    throw new ProblemError(
      'unsupported_media_type',
      `Send the body with Content-Type: application/json, not ${type ?? 'without one'}.`,
    );
  }
  const body = isPlain(request) ? await readPlain(request) : await readAny(request, response);
  const problem = structureProblem(body);
  if (problem !== undefined) throw new ProblemError('invalid_request', `The body ${problem}.`);
  checkText(body);
  return body;
}

/** Whether the body has its length, is not too large, and is UTF-8 as it comes: nearly all are. */
function isPlain({ headers }: Request): boolean {
  const length = Number(headers['content-length']);
  return (
    length > 0 &&
    length <= bodyLimit &&
    headers['content-encoding'] === undefined &&
    plainType.test(headers['content-type'] ?? '')
  );
}

const plainType = /^\s*application\/json\s*(;\s*charset\s*=\s*"?utf-8"?\s*)?$/i;

/** Without a parser that decodes every encoding there is, and looks at each several times. */
async function readPlain(request: Request): Promise<unknown> {
  const bytes = await new Promise<Buffer>((resolve, reject) => {
    const chunks: Buffer[] = [];
    const fail = () => {
      if (!request.readableEnded) reject(endedEarly());
    };
    if (request.destroyed) {
      reject(endedEarly());
      return;
    }
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.once('end', () => {
      const [first] = chunks;
      resolve(chunks.length === 1 && first !== undefined ? first : Buffer.concat(chunks));
    });
    request.once('error', fail).once('close', fail);
  });
  const text = bytes.toString();
  let body: unknown;
  try {
    body = JSON.parse(text.startsWith(byteOrderMark) ? text.slice(1) : text);
  } catch (error) {
    throw notJson(error);
  }
  checkBytes(bytes, text);
  return body;
}

const byteOrderMark = '\uFEFF';

async function readAny(request: Request, response: Response): Promise<unknown> {
  await new Promise<void>((resolve, reject) => {
    parse(request, response, (error?: unknown) => {
      if (error === undefined) resolve();
      else reject(problemOf(error));
    });
  });
  const read = bytesOf.get(request);
  if (read?.charset === 'utf-8') checkBytes(read.bytes, read.bytes.toString());
  return request.body;
}

/** The same for a request that needs no body: an empty object when there is none. */
export async function readOptionalBody(request: Request, response: Response): Promise<unknown> {
  const { 'content-length': length, 'transfer-encoding': encoding } = request.headers;
  if (encoding === undefined && (length === undefined || length === '0')) return {};
  return readBody(request, response);
}

/** The parser's errors, by the `type` that it documents. */
function problemOf(error: unknown): unknown {
  switch (typeOf(error)) {
    case 'entity.parse.failed':
      return notJson(error);
    case 'entity.too.large':
      return new ProblemError('body_too_large', `The body may have ${bodyLimit} bytes at most.`);
    case 'encoding.unsupported':
    case 'charset.unsupported':
      return new ProblemError('unsupported_media_type', `${textOf(error)}.`);
    case 'request.aborted':
    case 'request.size.invalid':
      return endedEarly();
    default:
      // Node's zlib, on a body that is not what its Content-Encoding says.
      return hasClientStatus(error)
        ? new ProblemError('malformed_json', `The body cannot be read: ${textOf(error)}.`)
        : error;
  }
}

function notJson(error: unknown): ProblemError {
  return new ProblemError('malformed_json', `The body is not valid JSON: ${textOf(error)}.`);
}

function endedEarly(): ProblemError {
  return new ProblemError('malformed_json', 'The body ended before its Content-Length.');
}

function typeOf(error: unknown): unknown {
  return error instanceof Error && 'type' in error ? error.type : undefined;
}

function hasClientStatus(error: unknown): boolean {
  return error instanceof Error && 'status' in error && error.status === 400;
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : 'no reason given';
}

/** Without recursion, since a body of a megabyte can nest deeper than the stack is. */
function structureProblem(value: unknown): string | undefined {
  let level = [value];
  let values = 0;
  for (let depth = 0; level.length > 0; depth += 1) {
    values += level.length;
    if (depth > depthLimit) return `is nested deeper than ${depthLimit} levels`;
    if (values > valueLimit) return `has more than ${valueLimit} values`;
    const objects = level.filter((inner) => typeof inner === 'object' && inner !== null);
    // Copies of such an object would lose the key, or take its value for their prototype.
    if (objects.some((inner) => Object.hasOwn(inner, '__proto__'))) {
      return 'has a key named __proto__';
    }
    level = objects.flatMap((inner): unknown[] => Object.values(inner));
  }
  return undefined;
}
