import { startPartWithLine, type PartSettings, type StackPart } from './stack-part.ts';

/** What the sandbox tells on its first line: where it is and what it lets in. */
export interface SandboxAccess {
  readonly url: string;
  readonly modelBaseUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly modelApiKey: string;
}

/**
 * Starts the sandbox on a free port of the loopback address.
 *
 * @throws Error with the end of its log if it ends before it is ready.
 */
export async function startSandboxPart(
  settings: PartSettings,
): Promise<{ part: StackPart; access: SandboxAccess }> {
  const { part, firstLine } = await startPartWithLine({
    ...settings,
    environment: { ...settings.environment, SANDBOX_HOST: '127.0.0.1', SANDBOX_PORT: '0' },
  });
  if (firstLine === undefined) throw new Error(await part.exited);
  return { part, access: parseAccess(firstLine) };
}

function parseAccess(line: string): SandboxAccess {
  const told = JSON.parse(line) as Readonly<Record<string, unknown>>;
  const read = (field: keyof SandboxAccess): string => {
    const value = told[field];
    if (typeof value !== 'string') throw new Error(`The sandbox's first line has no ${field}.`);
    return value;
  };
  return {
    url: read('url'),
    modelBaseUrl: read('modelBaseUrl'),
    clientId: read('clientId'),
    clientSecret: read('clientSecret'),
    modelApiKey: read('modelApiKey'),
  };
}
