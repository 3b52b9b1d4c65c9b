import express, { type Request, type Response } from 'express';
import { ProblemError } from './problem.ts';

/** What a stranger may send, in bytes: GitHub's events have up to 25 MB, but nobody's prompt does. */
const limit = 1_048_576;

const parse = express.raw({ type: () => true, limit });

/**
 * A body as it came, as text in UTF-8, whatever its content type: what was signed are its bytes.
 *
 * @throws ProblemError for one that is too large, ends early, or is not UTF-8.
 */
export async function readRawBody(request: Request, response: Response): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    parse(request, response, (error?: unknown) => {
      if (error === undefined) resolve();
      else reject(problemOf(error));
    });
  });
  const body: unknown = request.body;
  if (!Buffer.isBuffer(body)) return '';
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body);
  } catch {
    throw new ProblemError('invalid_request', 'The body is not UTF-8.');
  }
}

function problemOf(error: unknown): unknown {
  const type = error instanceof Error && 'type' in error ? error.type : undefined;
  switch (type) {
    case 'entity.too.large':
      return new ProblemError('body_too_large', `The body may have ${limit} bytes at most.`);
    case 'encoding.unsupported':
      return new ProblemError('unsupported_media_type', 'The Content-Encoding is not known.');
    case 'request.aborted':
    case 'request.size.invalid':
      return new ProblemError('malformed_request', 'The body ended before its Content-Length.');
    default:
      return error instanceof Error && 'status' in error && error.status === 400
        ? new ProblemError('malformed_request', 'The body cannot be read.')
        : error;
  }
}
