import { maxHeaderSize, type Server, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Logger } from '@pawl/runtime';
import { problemBody, ProblemError, problemType } from './problem.ts';
import { newRequestId, requestIdHeader } from './request-log.ts';

export interface RefusalSettings {
  /** The answers that have not ended. */
  readonly underWay: Iterable<ServerResponse>;
  readonly log: Logger;
}

/**
 * Answers all that Node would refuse by itself, without a body, with a problem as every other refusal: what it can't
 * read as HTTP, an `Expect` that is not `100-continue` (RFC 9110, 10.1.1), and CONNECT, which is for proxies.
 */
export function refuseUnreadable(server: Server, { underWay, log }: RefusalSettings): void {
  refuseUnanswerable(server, log);
  server.on('clientError', (error, socket) => {
    const hasBegun = [...underWay].some(
      ({ req: request, headersSent }) => request.socket === socket && headersSent,
    );
    // The client is gone, or a refusal would stand in the middle of an answer.
    if (!socket.writable || hasBegun) {
      socket.destroy();
      return;
    }
    const problem = problemOf(error);
    const requestId = newRequestId();
    log.info({ requestId, problem: problem.code, status: problem.status }, 'request');
    socket.end(answerOf(problem, requestId), () => socket.destroy());
  });
}

/** What Node reads as HTTP, and would refuse by itself all the same. */
function refuseUnanswerable(server: Server, log: Logger): void {
  server.on('checkExpectation', (_request, response) => {
    const problem = new ProblemError(
      'expectation_failed',
      'The only Expect that can be met is 100-continue.',
    );
    const requestId = newRequestId();
    log.info({ requestId, problem: problem.code, status: problem.status }, 'request');
    response
      .writeHead(problem.status, {
        'Content-Type': `${problemType}; charset=utf-8`,
        'Cache-Control': 'no-store',
        [requestIdHeader]: requestId,
        // The body that the client may send nevertheless is not read.
        Connection: 'close',
      })
      .end(JSON.stringify(problemBody(problem, requestId)));
  });
  server.on('connect', (_request, socket) => {
    const problem = new ProblemError('method_not_allowed', 'CONNECT does not exist here.');
    const requestId = newRequestId();
    log.info({ requestId, problem: problem.code, status: problem.status }, 'request');
    // From here on nobody else listens to this socket, and an error without a listener would end the process.
    socket.on('error', () => socket.destroy());
    socket.end(answerOf(problem, requestId), () => socket.destroy());
  });
}

function problemOf(error: Error & { code?: unknown; reason?: unknown }): ProblemError {
  switch (error.code) {
    case 'HPE_HEADER_OVERFLOW':
      return new ProblemError(
        'headers_too_large',
        `The URL and the headers may have ${maxHeaderSize} bytes at most.`,
      );
    case 'HPE_CHUNK_EXTENSIONS_OVERFLOW':
      return new ProblemError('body_too_large', 'The chunks of the body have too long extensions.');
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return new ProblemError('request_timeout', 'The request did not arrive in time.');
    default: {
      const reason = typeof error.reason === 'string' ? `: ${error.reason}` : '';
      return new ProblemError('malformed_request', `The request is not valid HTTP${reason}.`);
    }
  }
}

function answerOf(problem: ProblemError, requestId: string): string {
  const body = JSON.stringify(problemBody(problem, requestId));
  return [
    `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}`,
    `Content-Type: ${problemType}; charset=utf-8`,
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Cache-Control: no-store',
    `${requestIdHeader}: ${requestId}`,
    'Connection: close',
    '',
    body,
  ].join('\r\n');
}
