import type { Request } from 'express';
import { invalidField } from '../http/problem-error.ts';

/**
 * The request's `Idempotency-Key`, if it has one.
 *
 * @throws ProblemError when it is not 1 to 255 visible ASCII characters.
 */
export function idempotencyKeyOf(request: Request): string | undefined {
  const key = request.get('Idempotency-Key');
  if (key === undefined) return undefined;
  if (!/^[\x21-\x7e]{1,255}$/.test(key)) {
    throw invalidField(
      'Idempotency-Key',
      'must be 1 to 255 visible ASCII characters, without spaces',
    );
  }
  return key;
}
