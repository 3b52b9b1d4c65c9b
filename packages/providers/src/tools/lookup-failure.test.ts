import { Code } from '@connectrpc/connect';
import { describe, expect, it } from 'vitest';
import { createTextCleaner } from '../clean-text.ts';
import { lookupFailureOf } from './lookup-failure.ts';

const clean = createTextCleaner(() => []);
const failureOf = (status: Code, connection?: string) =>
  lookupFailureOf(
    { kind: 'status', status, message: 'said so' },
    connection === undefined ? { clean } : { clean, connection },
  );

describe('a failed look-up', () => {
  it.each([
    [Code.Canceled, 'transient', 'scalekit_unavailable'],
    [Code.Unknown, 'transient', 'scalekit_unavailable'],
    [Code.InvalidArgument, 'fatal', 'scalekit_bad_request'],
    [Code.DeadlineExceeded, 'transient', 'scalekit_timeout'],
    [Code.NotFound, 'fatal', 'scalekit_not_found'],
    [Code.AlreadyExists, 'transient', 'scalekit_unavailable'],
    [Code.PermissionDenied, 'fatal', 'scalekit_forbidden'],
    [Code.ResourceExhausted, 'transient', 'scalekit_rate_limited'],
    [Code.FailedPrecondition, 'fatal', 'scalekit_bad_request'],
    [Code.Aborted, 'transient', 'scalekit_unavailable'],
    [Code.OutOfRange, 'fatal', 'scalekit_bad_request'],
    [Code.Unimplemented, 'fatal', 'scalekit_unsupported'],
    [Code.Internal, 'transient', 'scalekit_unavailable'],
    [Code.Unavailable, 'transient', 'scalekit_unavailable'],
    [Code.DataLoss, 'transient', 'scalekit_unavailable'],
    [Code.Unauthenticated, 'fatal', 'scalekit_unauthorized'],
  ])('gRPC status %i: %s, %s', (status, kind, code) => {
    const failure = { code, retryable: kind === 'transient' };
    expect(failureOf(status)).toMatchObject({ kind, failure });
  });

  it('names the connection that does not exist', () => {
    expect(failureOf(Code.NotFound, 'gmial')).toEqual({
      kind: 'fatal',
      failure: {
        code: 'unknown_connection',
        message: 'There is no connection named gmial in this Scalekit environment.',
        retryable: false,
      },
    });
  });

  it.each([
    ['unreachable', 'transient', 'scalekit_unreachable'],
    ['invalid_answer', 'transient', 'scalekit_invalid_response'],
    ['invalid_call', 'fatal', 'scalekit_bad_request'],
  ] as const)('%s: %s, %s', (kind, outcome, code) => {
    expect(lookupFailureOf({ kind, message: 'x' }, { clean })).toMatchObject({
      kind: outcome,
      failure: { code },
    });
  });
});
