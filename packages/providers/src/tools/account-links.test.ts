import { Code } from '@connectrpc/connect';
import { expect, it } from 'vitest';
import { identifierOf, refusalOf } from './account-links.ts';

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

it('names a user of the default tenant as the user is', () => {
  expect(identifierOf({ tenant: 'default', user: 'user_123' })).toBe('user_123');
});

it('gives every other tenant a name space of its own', () => {
  expect(identifierOf({ tenant: 'acme', user: 'user_123' })).toBe('acme::user_123');
});
