import { invalidField } from '../http/problem-error.ts';

/** Stands between tenant and user in the name under which Scalekit knows a user (see `identifierOf`). */
const separator = '::';

export function isUsableUser(user: string): boolean {
  return !user.includes(separator);
}

/** @throws ProblemError when the identifier can't be used with Scalekit. */
export function checkUser(user: string): void {
  if (!isUsableUser(user)) throw invalidField('user', `must not contain ${separator}`);
}
