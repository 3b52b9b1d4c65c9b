import { invalidField } from '../http/problem-error.ts';

/** Scalekit joins an identifier and an account's name with it. */
const separator = '::';

export function isUsableUser(user: string): boolean {
  return !user.includes(separator);
}

/** @throws ProblemError when the identifier can't be used with Scalekit. */
export function checkUser(user: string): void {
  if (!isUsableUser(user)) throw invalidField('user', `must not contain ${separator}`);
}
