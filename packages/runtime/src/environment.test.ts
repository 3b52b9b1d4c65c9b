import { expect, test } from 'vitest';
import { z } from 'zod';
import { EnvironmentError, exitOnEnvironmentError, readEnvironment } from './environment.ts';
import { redisUrl } from './redis-address.ts';

const schema = z.object({
  PORT: z.coerce.number().int().min(0).max(65_535).default(3000).describe('Use a port number.'),
  API_KEY: z.string().describe('Copy it from the dashboard.'),
  REDIS_URL: redisUrl.optional(),
});

function problemsOf(read: () => unknown): EnvironmentError {
  try {
    read();
  } catch (error) {
    if (error instanceof EnvironmentError) return error;
    throw error;
  }
  throw new Error('the environment was accepted');
}

test('reads typed values, trimmed, with defaults', () => {
  expect(readEnvironment(schema, { API_KEY: ' key\n', PORT: '8080', OTHER: 'x' })).toEqual({
    API_KEY: 'key',
    PORT: 8080,
  });
});

test('counts a blank variable as unset', () => {
  expect(readEnvironment(schema, { API_KEY: 'key', PORT: '  ', REDIS_URL: '' })).toEqual({
    API_KEY: 'key',
    PORT: 3000,
  });
});

test('reports every problem at once, by name and with what to do', () => {
  const error = problemsOf(() => readEnvironment(schema, { PORT: '99999', REDIS_URL: 'http://x' }));
  expect(error.problems.map(({ variable }) => variable).toSorted()).toEqual([
    'API_KEY',
    'PORT',
    'REDIS_URL',
  ]);
  expect(error.message).toContain('API_KEY is not set. Copy it from the dashboard.');
  expect(error.message).toContain('REDIS_URL is not usable: it must start with redis://');
});

test('never shows a value', () => {
  const error = problemsOf(() =>
    readEnvironment(schema, { API_KEY: 'k', REDIS_URL: 'http://user:hunter2@host' }),
  );
  expect(error.message).not.toContain('hunter2');
});

test('checks rules across variables even if one variable is wrong', () => {
  const pair = z
    .object({ ID: z.string().optional(), SECRET: z.string().optional(), PORT: z.coerce.number() })
    .superRefine(
      ({ ID, SECRET }, context) => {
        if ((ID === undefined) !== (SECRET === undefined)) {
          context.addIssue({ code: 'custom', path: ['SECRET'], message: 'it goes with ID' });
        }
      },
      { when: () => true },
    );
  const error = problemsOf(() => readEnvironment(pair, { ID: 'a', PORT: 'b' }));
  expect(error.problems.map(({ variable }) => variable).toSorted()).toEqual(['PORT', 'SECRET']);
});

function throwExit(code: number): never {
  throw new Error(`exit ${code}`);
}

test('prints the problems and exits with code 1', () => {
  const printed: string[] = [];
  expect(() =>
    exitOnEnvironmentError(() => readEnvironment(schema, {}), {
      stderr: { write: (text: string) => printed.push(text) },
      exit: throwExit,
    }),
  ).toThrow('exit 1');
  expect(printed.join('')).toContain('API_KEY is not set.');
});
