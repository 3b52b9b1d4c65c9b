import { readFile } from 'node:fs/promises';
import openapiTypescript, { astToString, COMMENT_HEADER } from 'openapi-typescript';
import { expect, test } from 'vitest';

interface Document {
  readonly paths: Record<string, Record<string, { responses: Record<string, unknown> }>>;
}

/** The API document without the errors of each operation, which are all the same Problem. */
async function readDocument(): Promise<Document> {
  const file = new URL('../../../services/gateway/openapi.json', import.meta.url);
  const document: Document = JSON.parse(await readFile(file, 'utf8'));
  for (const operation of Object.values(document.paths).flatMap((path) => Object.values(path))) {
    const answers = Object.entries(operation.responses);
    operation.responses = Object.fromEntries(answers.filter(([status]) => status.startsWith('2')));
  }
  return document;
}

test('the types that are checked in are those of the API document', async () => {
  const types = await openapiTypescript(JSON.stringify(await readDocument()), {
    defaultNonNullable: false,
    emptyObjectsUnknown: true,
  });
  await expect(COMMENT_HEADER + astToString(types)).toMatchFileSnapshot('./schema.ts');
});
