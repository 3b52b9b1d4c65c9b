import { InvalidArgumentError } from 'commander';
/** A flag's number. */
export function parsePositive(text) {
  const value = Number(text);
  if (value > 0 && Number.isFinite(value)) return value;
  throw new InvalidArgumentError('Use a number above 0.');
}
//# sourceMappingURL=parse-positive.js.map
