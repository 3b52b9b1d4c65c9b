import { PawlApiError } from '@pawl/client';
import { useState } from 'react';

/** What somebody has written that cannot be sent, and in which field. */
export class FieldError extends Error {
  readonly path: string;

  constructor(path: string, message: string) {
    super(message);
    this.path = path;
  }
}

interface Problem {
  /** As the API names the field; empty: the whole form. */
  readonly path: string;
  readonly message: string;
}

export interface Form {
  readonly isSending: boolean;
  /** What is wrong with the field of this path, or with a part of it. */
  readonly problemOf: (path: string) => string | undefined;
  /** What is wrong with no field that the form shows. */
  readonly others: readonly string[];
  readonly submit: (send: () => Promise<unknown>) => void;
}

/**
 * Sends a form, and says beside its fields what the API has against them.
 *
 * @param shown the paths of the fields that the form has
 */
export function useForm(shown: readonly string[]): Form {
  const [problems, setProblems] = useState<readonly Problem[]>([]);
  const [isSending, setSending] = useState(false);
  return {
    isSending,
    problemOf: (path) => problems.find((problem) => isWithin(problem.path, path))?.message,
    others: problems
      .filter((problem) => !shown.some((path) => isWithin(problem.path, path)))
      .map(({ path, message }) => (path === '' ? message : `${path}: ${message}`)),
    submit(send) {
      setSending(true);
      setProblems([]);
      // What is written wrongly is thrown before anything is sent.
      Promise.resolve()
        .then(send)
        .catch((error: unknown) => setProblems(problemsOf(error)))
        .finally(() => setSending(false));
    },
  };
}

function isWithin(path: string, field: string): boolean {
  return path === field || path.startsWith(`${field}.`) || path.startsWith(`${field}[`);
}

function problemsOf(error: unknown): readonly Problem[] {
  if (error instanceof FieldError) return [{ path: error.path, message: error.message }];
  if (error instanceof PawlApiError) {
    return error.errors.length > 0 ? error.errors : [{ path: '', message: error.detail }];
  }
  return [{ path: '', message: error instanceof Error ? error.message : 'This cannot be sent.' }];
}
