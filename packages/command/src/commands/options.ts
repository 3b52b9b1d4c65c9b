import { readFile } from 'node:fs/promises';
import { InvalidArgumentError } from 'commander';
import { UsageError } from '../command/errors.ts';
import type { CommandContext } from './context.ts';

/** A flag's value as a whole number of at least 1. */
export function wholeNumber(text: string): number {
  if (/^[1-9]\d{0,6}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('Use a whole number from 1 on.');
}

/** A repeatable flag. */
export function collect(value: string, values: string[] = []): string[] {
  return [...values, value];
}

/** A repeatable flag with `key=value`. */
export function collectPair(
  text: string,
  pairs: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const [, key, value] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
  if (key === undefined || value === undefined) throw new InvalidArgumentError('Use key=value.');
  return { ...pairs, [key]: value };
}

/** JSON on the command line. */
export function json(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new InvalidArgumentError('Use JSON, such as \'{"to":"bob@example.com"}\'.');
  }
}

/**
 * The body of a request from a file of JSON; `-` is stdin.
 *
 * @throws UsageError that says what is wrong with the file.
 */
export async function readBody(file: string, { readInput }: CommandContext): Promise<object> {
  const name = file === '-' ? 'stdin' : file;
  const text = await (file === '-' ? readInput() : readFile(file, 'utf8')).catch(
    (error: NodeJS.ErrnoException) => {
      throw new UsageError(`${name} cannot be read: ${error.code ?? error.message}.`);
    },
  );
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    throw new UsageError(`${name} does not hold JSON.`);
  }
  if (typeof body === 'object' && body !== null && !Array.isArray(body)) return body;
  throw new UsageError(`${name} has to hold a JSON object.`);
}

/** Only what is given: an absent flag says nothing about its field. */
export function given<Fields extends object>(fields: Fields): Partial<Fields> {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== undefined),
  ) as Partial<Fields>;
}
