import { readdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, extname, join } from 'node:path';

/** A file of the console as it is sent, compressed when it was built. */
export interface ConsoleAsset {
  readonly type: string;
  readonly plain: Buffer;
  readonly brotli: Buffer | undefined;
  readonly gzip: Buffer | undefined;
}

/** The built console, read once. */
export interface ConsoleFiles {
  /** The page, in which `__NONCE__` and `__BASE__` are filled in. */
  readonly page: string;
  /** By their names, which change with their content. */
  readonly assets: ReadonlyMap<string, ConsoleAsset>;
}

const types: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** Undefined where the console was not built. */
export async function readConsoleFiles(folder: string): Promise<ConsoleFiles | undefined> {
  try {
    const page = await readFile(join(folder, 'index.html'), 'utf8');
    const names = await readdir(join(folder, 'assets'));
    const read = (name: string) => readFile(join(folder, 'assets', name));
    const readIfThere = async (name: string) => (names.includes(name) ? read(name) : undefined);
    const assets = names
      .filter((name) => extname(name) in types)
      .map(async (name): Promise<[string, ConsoleAsset]> => [
        name,
        {
          type: types[extname(name)] ?? '',
          plain: await read(name),
          brotli: await readIfThere(`${name}.br`),
          gzip: await readIfThere(`${name}.gz`),
        },
      ]);
    return { page, assets: new Map(await Promise.all(assets)) };
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** Where the build puts the console. */
export function consoleFolder(): string {
  const manifest = createRequire(import.meta.url).resolve('@pawl/console/package.json');
  return join(dirname(manifest), 'dist');
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
