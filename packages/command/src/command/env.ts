import { z } from 'zod';
import { UsageError } from './errors.ts';

/** The shape of `process.env`. */
export type EnvironmentSource = Readonly<Record<string, string | undefined>>;

/** What the command reads from its environment. Flags win over it. */
export interface CommandEnvironment {
  readonly url: string;
  readonly apiKey: string | undefined;
  readonly prompt: string;
  /** Set by a local stack that stands in for Scalekit: its links may be followed without a person. */
  readonly sandboxUrl: URL | undefined;
  /** Whether a terminal, where there is one, can show a line that changes. */
  readonly canAnimate: boolean;
}

export const HttpUrl = z.url({ protocol: /^https?$/, error: 'must be an http or https URL' });

const Environment = z
  .object({
    PAWL_URL: HttpUrl.default('http://localhost:3000'),
    PAWL_API_KEY: z.string().optional(),
    PAWL_SANDBOX: z.stringbool({ error: 'must be 1 or 0' }).default(false),
    PAWL_SANDBOX_URL: HttpUrl.optional(),
    USER_PROMPT: z.string().default('Fetch my last 5 unread emails and summarize them.'),
    TERM: z.string().optional(),
    CI: z.string().optional(),
  })
  .refine((variables) => !variables.PAWL_SANDBOX || variables.PAWL_SANDBOX_URL !== undefined, {
    path: ['PAWL_SANDBOX_URL'],
    message: 'must be set where PAWL_SANDBOX is: links are followed to that address only',
  });

/**
 * Reads the command's variables; a blank one counts as unset.
 *
 * @throws UsageError that names every variable that cannot be used, without its value.
 */
export function readEnvironment(source: EnvironmentSource): CommandEnvironment {
  const variables = parseEnvironment(Environment, source);
  return {
    url: variables.PAWL_URL,
    apiKey: variables.PAWL_API_KEY,
    prompt: variables.USER_PROMPT,
    sandboxUrl:
      variables.PAWL_SANDBOX && variables.PAWL_SANDBOX_URL !== undefined
        ? new URL(variables.PAWL_SANDBOX_URL)
        : undefined,
    canAnimate: variables.TERM !== 'dumb' && variables.CI === undefined,
  };
}

/**
 * Reads variables by a schema of strings; a blank one counts as unset.
 *
 * @throws UsageError that names every variable that cannot be used, without its value.
 */
export function parseEnvironment<Schema extends z.ZodType>(
  schema: Schema,
  source: EnvironmentSource,
): z.output<Schema> {
  const set = Object.entries(source).flatMap(([name, value]): [string, string][] => {
    const text = value?.trim() ?? '';
    return text === '' ? [] : [[name, text]];
  });
  const parsed = schema.safeParse(Object.fromEntries(set));
  if (parsed.success) return parsed.data;
  throw new UsageError(
    parsed.error.issues.map(({ path, message }) => `${path.join('.')} ${message}.`).join('\n'),
  );
}
