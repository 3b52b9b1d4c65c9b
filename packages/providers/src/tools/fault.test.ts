import { create, toBinary } from '@bufbuild/protobuf';
import { Code, ConnectError } from '@connectrpc/connect';
import { ScalekitException, ScalekitServerException } from '@scalekit-sdk/node';
import { ErrorInfoSchema } from '@scalekit-sdk/node/lib/pkg/grpc/scalekit/v1/errdetails/errdetails_pb.js';
import { describe, expect, it } from 'vitest';
import { TokenRefused } from './access-tokens.ts';
import { InvalidAnswer } from './every-page.ts';
import { readFault } from './fault.ts';

const noMail = {
  toolErrorCode: 'NO_MAIL',
  toolErrorMessage: 'no such mail',
  executionId: 'exec_1',
};

/** As it comes from the wire. */
function toolError(status: Code, toolErrorInfo?: typeof noMail): ConnectError {
  const detail = create(ErrorInfoSchema, {
    errorCode: 'TOOL_ERROR',
    ...(toolErrorInfo === undefined ? {} : { toolErrorInfo }),
  });
  const error = new ConnectError('the tool failed', status);
  error.details.push({
    type: ErrorInfoSchema.typeName,
    value: toBinary(ErrorInfoSchema, detail),
  });
  return error;
}

/** As the SDK turns one into the other. */
function promoted(error: ConnectError): Error {
  return ScalekitServerException.promote(error as never);
}

function connectFailure(code: string, syscall: string): ConnectError {
  const cause = Object.assign(new Error(`${syscall} ${code} 127.0.0.1:9`), { code, syscall });
  const error = new ConnectError(cause.message, Code.Unavailable);
  error.cause = cause;
  return error;
}

describe('reading what went wrong', () => {
  it('knows a tool’s own error, from the wire and from the SDK', () => {
    const fault = {
      kind: 'tool',
      status: Code.NotFound,
      toolCode: 'NO_MAIL',
      message: 'no such mail',
    };
    expect(readFault(toolError(Code.NotFound, noMail))).toEqual(fault);
    expect(readFault(promoted(toolError(Code.NotFound, noMail)))).toEqual(fault);
  });

  it.each([Code.Unauthenticated, Code.PermissionDenied, Code.ResourceExhausted, Code.Internal])(
    'keeps status %i of a tool’s error through the SDK’s classes',
    (status) => {
      expect(readFault(promoted(toolError(status)))).toMatchObject({ kind: 'tool', status });
    },
  );

  it('knows a plain status, from the wire and from the SDK', () => {
    const error = new ConnectError('away', Code.Unavailable);
    const fault = { kind: 'status', status: Code.Unavailable, message: 'away' };
    expect(readFault(error)).toEqual(fault);
    expect(readFault(promoted(error))).toEqual(fault);
  });

  it.each([
    ['ECONNREFUSED', 'connect'],
    ['ETIMEDOUT', 'connect'],
    ['ENOTFOUND', 'getaddrinfo'],
    ['EAI_AGAIN', 'getaddrinfo'],
  ])('knows that %s in %s sent nothing', (code, syscall) => {
    expect(readFault(connectFailure(code, syscall))).toMatchObject({ kind: 'unreachable' });
    expect(readFault(promoted(connectFailure(code, syscall)))).toMatchObject({
      kind: 'unreachable',
    });
  });

  it.each([
    ['ETIMEDOUT', 'read'],
    ['ECONNRESET', 'read'],
  ])('does not take %s in %s for proof of anything', (code, syscall) => {
    expect(readFault(connectFailure(code, syscall))).toMatchObject({ kind: 'status' });
  });

  it('knows a refused stream: nothing of it was processed', () => {
    for (const message of [
      'Stream closed with error code NGHTTP2_REFUSED_STREAM',
      'http/2 stream closed with error code REFUSED_STREAM (0x7)',
    ]) {
      const error = new ConnectError(message, Code.Internal);
      expect(readFault(error)).toMatchObject({ kind: 'unreachable' });
      expect(readFault(promoted(error))).toMatchObject({ kind: 'unreachable' });
    }
  });

  it('knows its own errors', () => {
    expect(readFault(new TokenRefused('HTTP 401', { status: 401 }))).toMatchObject({
      kind: 'no_token',
      status: 401,
    });
    expect(readFault(new InvalidAnswer('x'))).toMatchObject({ kind: 'invalid_answer' });
  });

  it('takes the SDK’s wrapping of anything else for a lost answer, and a bare error for a refusal', () => {
    expect(readFault(new ScalekitException(new Error('x')))).toMatchObject({
      kind: 'status',
      status: Code.Unknown,
    });
    expect(readFault(new Error('identifier is required'))).toEqual({
      kind: 'invalid_call',
      message: 'identifier is required',
    });
  });
});
