import { expect, test } from 'vitest';
import { plainJson } from './plain-json.ts';

test('what a terminal takes for a key, and what nobody sees, is escaped', () => {
  expect(plainJson({ prompt: '\u007F\u009B\u0015\u202E\u2028\u{E0041}' })).toBe(
    String.raw`{"prompt":"\u007f\u009b\u0015\u202e\u2028\udb40\udc41"}`,
  );
});

test('it says the same as JSON does', () => {
  const value = { a: ['it\'s `${1}` \\ "x"\n\r\t', '\u007F 👩‍💻 שלום'], b: null };
  expect(JSON.parse(plainJson(value))).toEqual(value);
  expect(JSON.parse(plainJson(value, 2))).toEqual(value);
  expect(plainJson({ a: 1 }, 2)).toBe('{\n  "a": 1\n}');
});
