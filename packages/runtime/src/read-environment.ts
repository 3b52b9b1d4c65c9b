import type { z } from 'zod';
import { EnvironmentError, type EnvironmentProblem } from './environment-error.ts';

/** The shape of `process.env`. */
export type EnvironmentSource = Readonly<Record<string, string | undefined>>;

export function isBlank(value: string | undefined): boolean {
  return value === undefined || value.trim() === '';
}

/**
 * Reads a service's configuration. Blank variables count as unset, values are trimmed.
 *
 * A variable's `.describe('…')` is what the person is told to do when it is missing or wrong
 * ("Copy it from the dashboard under API Keys."). Rules across variables belong in
 * `.superRefine(rule, { when: () => true })`, so that they are checked even if a variable is wrong.
 *
 * @throws EnvironmentError with every problem, by variable name and without any value.
 */
export function readEnvironment<Schema extends z.ZodObject>(
  schema: Schema,
  source: EnvironmentSource,
): z.output<Schema> {
  const values: Record<string, string> = {};
  for (const variable of Object.keys(schema.shape)) {
    const value = source[variable]?.trim();
    if (value !== undefined && value !== '') values[variable] = value;
  }
  const parsed = schema.safeParse(values);
  if (parsed.success) return parsed.data;
  throw new EnvironmentError(
    parsed.error.issues.map((issue) => toProblem(issue, schema, values)).filter(isFirstOfVariable),
  );
}

function toProblem(
  issue: z.core.$ZodIssue,
  schema: z.ZodObject,
  values: Readonly<Record<string, string>>,
): EnvironmentProblem {
  const variable = String(issue.path[0] ?? 'The environment');
  const isMissing = issue.code === 'invalid_type' && values[variable] === undefined;
  const finding = isMissing ? 'is not set.' : `is not usable: ${asSentence(issue.message)}`;
  const advice = schema.shape[variable] as z.ZodType | undefined;
  return {
    variable,
    problem: [finding, advice?.description].filter(Boolean).join(' '),
  };
}

function asSentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

function isFirstOfVariable(
  problem: EnvironmentProblem,
  index: number,
  all: EnvironmentProblem[],
): boolean {
  return all.findIndex(({ variable }) => variable === problem.variable) === index;
}
