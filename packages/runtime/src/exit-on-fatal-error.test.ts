import { expect, test } from 'vitest';
import { reportFatalError } from './exit-on-fatal-error.ts';
import { createLogger } from './logger.ts';

function report(error: unknown): { printed: string; logged: string; code: number | undefined } {
  const printed: string[] = [];
  const logged: string[] = [];
  let code: number | undefined;
  reportFatalError(error, {
    logger: createLogger({
      name: 'test',
      level: 'info',
      destination: { write: (line: string) => void logged.push(line) },
    }),
    stderr: { write: (text: string) => printed.push(text) },
    exit: (exitCode) => {
      code = exitCode;
    },
  });
  return { printed: printed.join(''), logged: logged.join(''), code };
}

test('ends with code 1, a line in the log, and a plain sentence for people', () => {
  const { printed, logged, code } = report(new Error('Port 3000 (from PORT) is taken.'));
  expect(code).toBe(1);
  expect(JSON.parse(logged)).toMatchObject({
    level: 'fatal',
    err: { message: 'Port 3000 (from PORT) is taken.' },
  });
  expect(printed).toBe('Port 3000 (from PORT) is taken.\n');
});

test('prints no secret', () => {
  expect(report(new Error('redis://user:hunter2@host is away')).printed).not.toContain('hunter2');
});

test('prints a line for what is thrown without being an error', () => {
  expect(report({ a: 1 }).printed).toBe('something that is not an Error\n');
});

test('a lost connection to Redis is logged and survived, wherever it surfaces', () => {
  const { logged, code } = report(new Error('Connection is closed.'));
  expect(code).toBeUndefined();
  expect(JSON.parse(logged)).toMatchObject({ level: 'error' });
});
