import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseEnv } from 'node:util';
import { isBlank, type EnvironmentSource } from './read-environment.ts';

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
