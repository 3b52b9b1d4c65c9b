import { InvalidArgumentError } from 'commander';

/** Reads a flag's value. Commander prints what is thrown with the flag's name. */
export function parseCount(text: string): number {
  const count = Number(text);
  if (Number.isSafeInteger(count) && count > 0) return count;
  throw new InvalidArgumentError('Use a whole number of at least 1.');
}
