import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('../../../../', import.meta.url));
const document = await readFile(join(root, 'docs/architecture.md'), 'utf8');

/** Each way of the table, from a `main.ts` to the script. */
const ways = [...document.matchAll(/^\|[^|]+\|\s*(`services\/\w+\/src\/main\.ts`[^|]*)\|$/gm)].map(
  ([, way = '']) => [...way.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name),
);

/** By path from the root. */
const sources = new Map<string, string>();
for (const folder of [
  'packages/engine/src',
  'packages/store/src',
  'services/gateway/src',
  'services/worker/src',
]) {
  const names = await readdir(join(root, folder), { recursive: true });
  for (const name of names.filter((each) => each.endsWith('.ts') && !each.endsWith('.test.ts'))) {
    sources.set(join(folder, name), await readFile(join(root, folder, name), 'utf8'));
  }
}

function fileOf(name: string): string {
  if (name.endsWith('main.ts')) return name;
  if (name === 'store.commit') return 'packages/store/src/create-store.ts';
  const exported = new RegExp(`^export (async )?function ${name}\\b`, 'm');
  const file = [...sources.keys()].find((path) => exported.test(sources.get(path) ?? ''));
  if (file === undefined) throw new Error(`nothing exports the function ${name}`);
  return file;
}

/** What a file says, and what the files beside it say that it imports: a table of handlers calls for its importer. */
function reachOf(file: string): string {
  const text = sources.get(file) ?? '';
  const imported = [...text.matchAll(/from '(\.{1,2}\/[^']+)'/g)].map(
    ([, path = '']) => sources.get(join(dirname(file), path)) ?? '',
  );
  return [text, ...imported].join('\n');
}

test.each(ways)(
  'from %s to the script are at most seven calls, each as the document says',
  (...way) => {
    expect(way.at(-1)).toBe('commit.lua');
    expect(way.length - 1).toBeLessThanOrEqual(7);
    for (const [index, name] of way.slice(1, -1).entries()) {
      expect(reachOf(fileOf(way[index] ?? ''))).toMatch(
        new RegExp(`\\b${name.replace('.', '\\.')}\\(`),
      );
    }
    expect(reachOf(fileOf('store.commit'))).toContain('commit.lua');
  },
);

test('the document has a way for a job, a turn and a tool call', () => {
  expect(ways.length).toBe(3);
});

test.each(['services', 'packages', 'packages/development', 'packages/engine/src'])(
  'the maps of the document have a line for each folder of %s',
  async (parent) => {
    const entries = await readdir(join(root, parent), { withFileTypes: true });
    for (const { name } of entries.filter((entry) => entry.isDirectory() && !isBuilt(entry.name))) {
      expect(document).toMatch(new RegExp(`^(  |packages/)${name}/ +\\S`, 'm'));
    }
  },
);

function isBuilt(name: string): boolean {
  return name === 'node_modules' || name.startsWith('.');
}
