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
