import { expect, test } from 'vitest';
import { readEnvironment } from './env.ts';
import { UsageError } from './errors.ts';

test('without variables: a gateway on this machine and the default prompt', () => {
  expect(readEnvironment({})).toEqual({
    url: 'http://localhost:3000',
    apiKey: undefined,
    prompt: 'Fetch my last 5 unread emails and summarize them.',
    sandboxUrl: undefined,
    canAnimate: true,
  });
});

test('blank variables count as unset', () => {
  const blanks = { PAWL_URL: ' ', PAWL_API_KEY: '', USER_PROMPT: '\t', PAWL_SANDBOX: '' };
  expect(readEnvironment(blanks)).toEqual(readEnvironment({}));
});

test('links are followed by itself only where the sandbox is said to be on', () => {
  const sandbox = { PAWL_SANDBOX_URL: 'http://localhost:4000' };
  expect(readEnvironment({ ...sandbox, PAWL_SANDBOX: '1' }).sandboxUrl?.href).toBe(
    'http://localhost:4000/',
  );
  expect(readEnvironment({ ...sandbox, PAWL_SANDBOX: '0' }).sandboxUrl).toBeUndefined();
  expect(readEnvironment(sandbox).sandboxUrl).toBeUndefined();
});

test.each([[{ TERM: 'dumb' }], [{ CI: 'true' }]])('nothing moves where %j', (variables) => {
  expect(readEnvironment(variables).canAnimate).toBe(false);
});

test('every unusable variable is named, none is shown', () => {
  const variables = { PAWL_URL: 'secret', PAWL_SANDBOX_URL: 'ftp://secret' };
  expect(() => readEnvironment(variables)).toThrow(
    new UsageError(
      'PAWL_URL must be an http or https URL.\nPAWL_SANDBOX_URL must be an http or https URL.',
    ),
  );
});

test('a sandbox without its address is refused', () => {
  expect(() => readEnvironment({ PAWL_SANDBOX: '1' })).toThrow('PAWL_SANDBOX_URL must be set');
});
