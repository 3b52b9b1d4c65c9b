import { expect, test } from 'vitest';
import { createOpenApiDocument } from './openapi.ts';

test('the document that is checked in is the one that the schemas make', async () => {
  const text = `${JSON.stringify(createOpenApiDocument(), null, 2)}\n`;
  await expect(text).toMatchFileSnapshot('../../openapi.json');
});
