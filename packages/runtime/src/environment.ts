import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseEnv } from 'node:util';
import { z } from 'zod';

/** One variable of the environment that cannot be used, and what to do about it. Never carries the value. */
export interface EnvironmentProblem {
  readonly variable: string;
  readonly problem: string;
}

/** Every problem of the environment at once. The text names variables, never their values. */
export class EnvironmentError extends Error {
  override readonly name = 'EnvironmentError';
  readonly problems: readonly EnvironmentProblem[];

  constructor(problems: readonly EnvironmentProblem[]) {
    const lines = problems.map(({ variable, problem }) => `  ${variable} ${problem}`);
    super(
      `The environment has ${problems.length === 1 ? 'a problem' : `${problems.length} problems`}:\n` +
        `${lines.join('\n')}\n` +
        'Set the variables in the environment, or in development in .env (see .env.example).',
    );
    this.problems = problems;
  }
}

/** Where a failed start is reported; a test passes its own. */
export interface ExitTarget {
  readonly stderr: { write(text: string): unknown };
  exit(code: number): never;
}

/**
 * Runs `read` and returns what it read. If the environment is wrong, prints every problem on
 * stderr and exits with code 1; any other error is thrown on.
 */
export function exitOnEnvironmentError<T>(read: () => T, target: ExitTarget = process): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof EnvironmentError)) throw error;
    target.stderr.write(`${error.message}\n`);
    return target.exit(1);
  }
}

/**
 * The root of the checkout that a module lives in: the nearest folder above it that holds
 * `turbo.json`; undefined where a service was deployed without its repository.
 */
export function findRepositoryRoot(moduleUrl: string): string | undefined {
  let folder = dirname(fileURLToPath(moduleUrl));
  while (!existsSync(join(folder, 'turbo.json'))) {
    const parent = dirname(folder);
    if (parent === folder) return undefined;
    folder = parent;
  }
  return folder;
}

/**
 * The environment, completed in development by the `.env` file at the repository's root. A
 * variable that is set for real wins; a blank one counts as unset. With `NODE_ENV` set to
 * `production` or `test` no file is read.
 */
export function withEnvironmentFile(
  environment: EnvironmentSource,
  repositoryRoot: string | undefined,
): EnvironmentSource {
  const mode = environment['NODE_ENV'] ?? '';
  if (repositoryRoot === undefined || ['production', 'test'].includes(mode)) return environment;
  const file = join(repositoryRoot, '.env');
  if (!existsSync(file)) return environment;
  const real = Object.entries(environment).filter(([, value]) => !isBlank(value));
  return { ...parseEnv(readFileSync(file, 'utf8')), ...Object.fromEntries(real) };
}

/** A variable whose text is JSON of a shape: `z.string()` that is parsed, then checked against the schema. */
export function jsonVariable<Schema extends z.ZodType>(schema: Schema) {
  return z
    .string()
    .transform((text, context) => {
      try {
        return JSON.parse(text) as unknown;
      } catch {
        context.addIssue({ code: 'custom', message: 'must be JSON' });
        return z.NEVER;
      }
    })
    .pipe(schema);
}

/** The shape of `process.env`. */
export type EnvironmentSource = Readonly<Record<string, string | undefined>>;

function isBlank(value: string | undefined): boolean {
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
