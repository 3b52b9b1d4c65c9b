import { z } from 'zod';

/** A blank variable counts as unset. */
const unsetIfBlank = (value: unknown) =>
  typeof value === 'string' && value.trim() === '' ? undefined : value;

const environmentSchema = z.object({
  SANDBOX_HOST: z.preprocess(unsetIfBlank, z.string().default('127.0.0.1')),
  SANDBOX_PORT: z.preprocess(
    unsetIfBlank,
    z.coerce.number('must be a port from 0 to 65535').int().min(0).max(65_535).default(0),
  ),
  SANDBOX_PUBLIC_URL: z.preprocess(unsetIfBlank, z.url().optional()),
});

export interface SandboxEnvironment {
  readonly host: string;
  readonly port: number;
  readonly publicUrl: string | undefined;
}

/** Throws an Error that names every variable that is wrong. */
export function readSandboxEnvironment(variables: NodeJS.ProcessEnv): SandboxEnvironment {
  const parsed = environmentSchema.safeParse(variables);
  if (!parsed.success) throw new Error(z.prettifyError(parsed.error));
  const { SANDBOX_HOST, SANDBOX_PORT, SANDBOX_PUBLIC_URL } = parsed.data;
  return { host: SANDBOX_HOST, port: SANDBOX_PORT, publicUrl: SANDBOX_PUBLIC_URL };
}
