import { InvalidArgumentError } from 'commander';

/** A flag's number. */
export function parsePositive(text: string): number {
  const value = Number(text);
  if (value > 0 && Number.isFinite(value)) return value;
  throw new InvalidArgumentError('Use a number above 0.');
}
