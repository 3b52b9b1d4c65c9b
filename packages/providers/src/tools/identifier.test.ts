import { expect, it } from 'vitest';
import { identifierOf } from './identifier.ts';

it('names a user of the default tenant as the user is', () => {
  expect(identifierOf({ tenant: 'default', user: 'user_123' })).toBe('user_123');
});

it('gives every other tenant a name space of its own', () => {
  expect(identifierOf({ tenant: 'acme', user: 'user_123' })).toBe('acme::user_123');
});
