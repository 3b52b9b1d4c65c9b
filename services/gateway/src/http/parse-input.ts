import type { z } from 'zod';
import { type InvalidField, ProblemError } from './problem.ts';

/** With all that zod would add to it. */
const context = { reportInput: true, async: false };

/** More are not listed: whoever sends a thousand wrong fields needs no list of them. */
const listed = 50;

/**
 * Checks a body or a query against its schema.
 *
 * @throws ProblemError `invalid_request` that names every wrong, missing or unknown field.
 */
export function parseInput<Schema extends z.ZodType>(
  schema: Schema,
  input: unknown,
): z.output<Schema> {
  const parsed = schema.safeParse(input, context);
  if (parsed.success) return parsed.data;
  const fields = parsed.error.issues.flatMap(fieldsOf);
  const summary = fields
    .slice(0, 3)
    .map(({ path, message }) => (path === '' ? message : `${path} ${message}`))
    .join('; ');
  const rest = fields.length > 3 ? `; and ${fields.length - 3} more` : '';
  throw new ProblemError('invalid_request', `The request is not valid: ${summary}${rest}.`, {
    invalidFields: fields.slice(0, listed),
  });
}

function fieldsOf(issue: z.core.$ZodIssue): InvalidField[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      path: pathOf([...issue.path, key]),
      message: 'is not a known field',
    }));
  }
  return [{ path: pathOf(issue.path), message: messageOf(issue) }];
}

function messageOf(issue: z.core.$ZodIssue): string {
  // Whatever kind of rule has found it: a missing union, say, is not an `invalid_type`.
  if (issue.input === undefined) {
    return issue.path.length === 0 ? 'there is no body: send a JSON object' : 'is required';
  }
  return lowerFirst(issue.message);
}

/** `limits.turns`, `connections[0]`. */
export function pathOf(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${part}]`;
    const name = String(part).slice(0, 100);
    return text === '' ? name : `${text}.${name}`;
  }, '');
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
