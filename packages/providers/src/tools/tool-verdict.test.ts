import { Code } from '@connectrpc/connect';
import { describe, expect, it } from 'vitest';
import { createTextCleaner } from '../clean-text.ts';
import { verdictBeforeSending, verdictOf } from './tool-verdict.ts';

const clean = createTextCleaner(() => ['s3cret-token']);
const byScalekit = (status: Code, message = 'said so') =>
  verdictOf({ kind: 'status', status, message }, clean);
const byTool = (status: Code) =>
  verdictOf({ kind: 'tool', status, toolCode: 'NO_SUCH_MAIL', message: 'not there' }, clean);

describe('a call that failed without the tool’s word', () => {
  it.each([
    [Code.Canceled, 'unknown', 'tool_answer_lost'],
    [Code.Unknown, 'unknown', 'tool_answer_lost'],
    [Code.InvalidArgument, 'failed', 'tool_invalid_arguments'],
    [Code.DeadlineExceeded, 'unknown', 'tool_timeout'],
    [Code.NotFound, 'check_account', 'tool_not_found'],
    [Code.AlreadyExists, 'failed', 'tool_conflict'],
    [Code.PermissionDenied, 'check_account', 'tool_forbidden'],
    [Code.ResourceExhausted, 'not_executed', 'scalekit_rate_limited'],
    [Code.FailedPrecondition, 'check_account', 'tool_precondition_failed'],
    [Code.Aborted, 'unknown', 'tool_answer_lost'],
    [Code.OutOfRange, 'failed', 'tool_invalid_arguments'],
    [Code.Unimplemented, 'fatal', 'scalekit_unsupported'],
    [Code.Internal, 'unknown', 'tool_answer_lost'],
    [Code.Unavailable, 'unknown', 'tool_answer_lost'],
    [Code.DataLoss, 'unknown', 'tool_answer_lost'],
    [Code.Unauthenticated, 'fatal', 'scalekit_unauthorized'],
  ])('gRPC status %i: %s, %s', (status, kind, code) => {
    expect(byScalekit(status)).toMatchObject({ kind, failure: { code } });
  });

  it('was not executed where a proxy asked for fewer requests', () => {
    expect(byScalekit(Code.Unavailable, 'HTTP 429')).toMatchObject({ kind: 'not_executed' });
  });

  it('may have run where its answer was too large to be passed on', () => {
    const message = 'grpc: received message larger than max (5000000 vs. 4194304)';
    expect(byScalekit(Code.ResourceExhausted, message)).toMatchObject({ kind: 'unknown' });
  });

  it.each([Code.PermissionDenied, Code.ResourceExhausted])(
    'may have run where a reset stream borrowed status %i',
    (status) => {
      const message = 'http/2 stream closed with error code ENHANCE_YOUR_CALM (0xb)';
      expect(byScalekit(status, message)).toMatchObject({ kind: 'unknown' });
    },
  );

  it('may have run where the answer can’t be read', () => {
    const fault = { kind: 'invalid_answer', message: 'x' } as const;
    expect(verdictOf(fault, clean)).toMatchObject({ kind: 'unknown' });
  });
});

describe('a call that the tool answered with an error', () => {
  it.each([
    [Code.Canceled, 'unknown', 'tool_answer_lost'],
    [Code.Unknown, 'failed', 'tool_failed'],
    [Code.InvalidArgument, 'failed', 'tool_failed'],
    [Code.DeadlineExceeded, 'unknown', 'tool_timeout'],
    [Code.NotFound, 'failed', 'tool_failed'],
    [Code.AlreadyExists, 'failed', 'tool_failed'],
    [Code.PermissionDenied, 'failed', 'tool_forbidden'],
    [Code.ResourceExhausted, 'not_executed', 'tool_rate_limited'],
    [Code.FailedPrecondition, 'failed', 'tool_failed'],
    [Code.Aborted, 'failed', 'tool_failed'],
    [Code.OutOfRange, 'failed', 'tool_failed'],
    [Code.Unimplemented, 'failed', 'tool_failed'],
    [Code.Internal, 'failed', 'tool_failed'],
    [Code.Unavailable, 'unknown', 'tool_answer_lost'],
    [Code.DataLoss, 'failed', 'tool_failed'],
    [Code.Unauthenticated, 'check_account', 'tool_unauthorized'],
  ])('gRPC status %i: %s, %s', (status, kind, code) => {
    expect(byTool(status)).toMatchObject({
      kind,
      failure: { code, message: 'NO_SUCH_MAIL: not there' },
    });
  });

  it('is tried again where it says "unauthorized" of an active account', () => {
    expect(byTool(Code.Unauthenticated)).toMatchObject({ otherwise: { kind: 'not_executed' } });
  });
});

describe('a call that was never sent', () => {
  it.each([
    [400, 'fatal', 'scalekit_unauthorized'],
    [401, 'fatal', 'scalekit_unauthorized'],
    [403, 'fatal', 'scalekit_unauthorized'],
    [404, 'fatal', 'scalekit_not_found'],
    [429, 'not_executed', 'scalekit_unavailable'],
    [503, 'not_executed', 'scalekit_unavailable'],
    [undefined, 'not_executed', 'scalekit_unreachable'],
  ])('for want of a token (HTTP %s): %s, %s', (status, kind, code) => {
    const fault = { kind: 'no_token', status, message: 'x' } as const;
    expect(verdictBeforeSending(fault, clean)).toMatchObject({ kind, failure: { code } });
  });

  it('was not executed where no connection came about', () => {
    const fault = { kind: 'unreachable', message: 'connect ECONNREFUSED 127.0.0.1:9' } as const;
    const outcome = { kind: 'not_executed', failure: { code: 'scalekit_unreachable' } };
    expect(verdictBeforeSending(fault, clean)).toMatchObject(outcome);
    expect(verdictOf(fault, clean)).toMatchObject(outcome);
  });
});

it('takes secrets out of what Scalekit says', () => {
  const verdict = byScalekit(Code.InvalidArgument, 'bad s3cret-token');
  expect(verdict).toMatchObject({ failure: { message: 'bad [redacted]' } });
});
