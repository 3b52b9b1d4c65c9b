import { isUtf8 } from 'node:buffer';
import { inexactNumber } from '@pawl/engine';
import { pathOf } from './parse-input.ts';
import { invalidField, ProblemError } from './problem.ts';

/**
 * Refuses a body in UTF-8 whose reading would change what its client has said: bytes that are no UTF-8 would become U+FFFD, and
 * numbers would lose digits.
 *
 * @throws ProblemError
 */
export function checkBytes(bytes: Buffer, text: string): void {
  if (!isUtf8(bytes)) {
    throw new ProblemError('malformed_json', 'The body is not valid UTF-8.');
  }
  const number = inexactNumber(text);
  if (number === undefined) return;
  throw new ProblemError(
    'invalid_request',
    `The body holds the number ${number.slice(0, 60)}, whose digits JSON numbers cannot keep here: send it as a string.`,
  );
}

interface Within {
  readonly value: unknown;
  readonly path: readonly PropertyKey[];
}

/**
 * Refuses half of a surrogate pair in any text of a body, and names the first: no model endpoint takes it, in a prompt
 * or in what is said of a tool call. Call it on a body of bounded depth and size.
 *
 * @throws ProblemError
 */
export function checkText(body: unknown): void {
  const left: Within[] = [{ value: body, path: [] }];
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    const { value, path } = next;
    if (typeof value === 'string' && !value.isWellFormed()) throw refusal(path);
    if (typeof value !== 'object' || value === null) continue;
    if (Array.isArray(value)) {
      left.push(
        ...value.map((inner, index) => ({ value: inner, path: [...path, index] })).toReversed(),
      );
      continue;
    }
    const members = Object.entries(value);
    const odd = members.find(([key]) => !key.isWellFormed());
    if (odd !== undefined) throw refusal([...path, odd[0].toWellFormed()]);
    left.push(
      ...members.map(([key, inner]) => ({ value: inner, path: [...path, key] })).toReversed(),
    );
  }
}

function refusal(path: readonly PropertyKey[]): ProblemError {
  const where = path.length === 0 ? 'the body' : pathOf(path);
  return invalidField(where, 'must be well-formed Unicode, without unpaired surrogates');
}
