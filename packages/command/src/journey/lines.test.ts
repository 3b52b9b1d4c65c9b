import { expect, test } from 'vitest';
import { elapsed, plainJson, plainText, singleLine } from './lines.ts';

test.each([
  [-5, '0s'],
  [0, '0s'],
  [59_999, '59s'],
  [65_000, '1m 05s'],
  [7_380_000, '2h 03m'],
])('%i ms read as %s', (milliseconds, text) => {
  expect(elapsed(milliseconds)).toBe(text);
});

test.each([
  ['colours', '\u001b[31mred\u001b[0m', 'red'],
  ['a cleared screen', 'a\u001b[2J\u001b[Hb', 'ab'],
  ['a changed window title', '\u001b]0;owned\u0007text', 'text'],
  ['one-byte escape sequences', 'a\u009b31mb', 'ab'],
  ['a lone escape character', 'a\u001b', 'a'],
  ['carriage returns and backspaces that overwrite', 'evil\rgood\b', 'evilgood'],
  ['line and paragraph separators', 'a\u2028b\u2029', 'ab'],
  ['bells and deletes', 'a\u0007\u007fb', 'ab'],
  ['marks that reorder text', 'a\u202Egnp.exe\u2066', 'agnp.exe'],
])('%s are taken out', (_name, text, expected) => {
  expect(plainText(text)).toBe(expected);
});

test('line breaks, tabs and other languages stay', () => {
  expect(plainText('one\r\ntwo\n\tthree – 漢字 🙂 שלום')).toBe('one\ntwo\n\tthree – 漢字 🙂 שלום');
});

test('a single line holds no line break', () => {
  expect(singleLine(' a\nFinal answer:\r\n\tb ')).toBe('a Final answer: b');
});

test('JSON keeps its value and holds nothing raw', () => {
  const value = { 'a\u009b': ['\u001b[31m', '\u202E', 'line\nbreak', 'é'] };
  const json = plainJson(value, 2);
  expect(JSON.parse(json)).toEqual(value);
  expect(json.replaceAll('\n', '')).toBe(plainText(json).replaceAll('\n', ''));
});
