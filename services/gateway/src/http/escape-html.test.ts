import { expect, test } from 'vitest';
import { readableJson } from './escape-html.ts';

test('JSON that a person may change says the same as before, with what nobody sees as escapes', () => {
  const value = { text: 'a\u202E\u{E0041}\u007F 👩‍💻\n' };
  const json = readableJson(value);
  expect(JSON.parse(json)).toEqual(value);
  expect(json).toContain(String.raw`\u202e\udb40\udc41\u007f`);
});
