import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const root = new URL('../../../../', import.meta.url);
const readers = [
  'services/gateway/src/env.ts',
  'services/worker/src/env.ts',
  'packages/command/src/command/env.ts',
];
/** Set by the terminal, or by npm start for the command that it runs. */
const notForPeople = ['PAWL_SANDBOX', 'PAWL_SANDBOX_URL', 'TERM', 'CI'];

async function read(path: string): Promise<string> {
  return await readFile(fileURLToPath(new URL(path, root)), 'utf8');
}

function namesIn(text: string, pattern: RegExp): string[] {
  return [...text.matchAll(pattern)].flatMap(([, name]) => name ?? []);
}

test('every variable that is read stands in .env.example', async () => {
  const schemas = await Promise.all(readers.map(read));
  const compose = namesIn(await read('docker-compose.yml'), /\$\{([A-Z_]+):-/g);
  const variables = namesIn(schemas.join('\n'), /^ {2,4}([A-Z][A-Z_]+):/gm);
  const told = namesIn(await read('.env.example'), /^([A-Z_]+)=$/gm);
  expect(variables.length).toBeGreaterThan(30);
  expect([...variables, ...compose].filter((name) => !told.includes(name))).toEqual(notForPeople);
});
