import { Code } from '@connectrpc/connect';
import { expect, it } from 'vitest';
import { refusalOf } from './account-links.ts';

it.each([
  [Code.PermissionDenied, 'scalekit_user_mismatch'],
  [Code.NotFound, 'scalekit_authorization_unknown'],
  [Code.InvalidArgument, 'scalekit_authorization_invalid'],
  [Code.FailedPrecondition, 'scalekit_authorization_invalid'],
])('gRPC status %i refuses the person who came back: %s', (status, code) => {
  expect(refusalOf({ kind: 'status', status, message: 'x' })).toMatchObject({ code });
});

it.each([Code.Unavailable, Code.Unauthenticated, Code.ResourceExhausted])(
  'gRPC status %i says nothing about the person',
  (status) => {
    expect(refusalOf({ kind: 'status', status, message: 'x' })).toBeUndefined();
  },
);
