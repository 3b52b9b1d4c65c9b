import type { FormEvent } from 'react';

/** What was filled in under a name in the form that is sent, without blanks around it. The form stays where it is. */
export function formText(event: FormEvent<HTMLFormElement>, name: string): string {
  event.preventDefault();
  const value = new FormData(event.currentTarget).get(name);
  return typeof value === 'string' ? value.trim() : '';
}
