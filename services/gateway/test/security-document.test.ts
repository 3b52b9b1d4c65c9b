import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const document = new URL('../../../docs/security.md', import.meta.url);

test('every test and document that docs/security.md names is there', () => {
  const text = readFileSync(document, 'utf8');
  const links = [...text.matchAll(/\]\(([^)#]+)(?:#[^)]*)?\)/g)].map(([, path = '']) => path);
  expect(links.filter((path) => path.endsWith('.test.ts')).length).toBeGreaterThan(15);
  expect(links.filter((path) => !existsSync(new URL(path, document)))).toEqual([]);
  const named = [...text.matchAll(/\[`([\w-]+\.test\.ts)`\]\(([^)]+)\)/g)];
  expect(named.filter(([, name = '', path = '']) => !path.endsWith(`/${name}`))).toEqual([]);
});
