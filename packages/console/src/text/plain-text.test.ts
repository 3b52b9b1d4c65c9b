import { expect, test } from 'vitest';
import { oneLine, plainText, wholeLine } from './plain-text.ts';

test('colours and movements of terminals are taken out', () => {
  expect(plainText('\u001B[31mred\u001B[0m \u001B[1;38:5:9mx\u001B[2J\u001B[?25l')).toBe('red x');
});

test.each([
  ['a title', 'anna@example.com\u001B]0;, eve@example.net\u0007'],
  ['a title without an end', 'anna@example.com\u001B], eve@example.net'],
  ['a code with a long number', 'anna@example.com\u001B[0000000000000000000000000eve@example.net'],
  ['a code of two letters', 'anna@example.com, \u001Beve@example.net'],
])('no text hides in %s for terminals', (_what, text) => {
  expect(plainText(text)).toContain('anna@example.com');
  expect(plainText(text)).toContain('eve@example.net');
});

test('letters that models read and people do not see are shown by their numbers', () => {
  expect(plainText('a\u{E0041}\u{E007F}')).toBe('a[U+E0041][U+E007F]');
});

test('what is invisible becomes visible, and what turns the order of text names itself', () => {
  expect(plainText('a\u0000b\u0085c')).toBe('a\uFFFDb\uFFFDc');
  expect(plainText('\u202Egnp.exe\u202C')).toBe('[U+202E]gnp.exe[U+202C]');
});

test('lines, tabs, other scripts and emoji stay as they are', () => {
  const text = 'one\n\ttwo שלום 🎉 é';
  expect(plainText(text)).toBe(text);
});

test('one line has no breaks, and an end', () => {
  expect(oneLine(' a\n b\t c ')).toBe('a b c');
  expect(oneLine('x'.repeat(500), 10)).toBe(`${'x'.repeat(10)}…`);
});

test('a line that was cut says so, though what is left of it is short', () => {
  expect(oneLine(`anna@example.com${' '.repeat(5_000)}, eve@example.net`)).toBe(
    'anna@example.com…',
  );
});

test('a whole line leaves nothing out', () => {
  const text = `a${' '.repeat(5_000)}\n${'b'.repeat(5_000)}`;
  expect(wholeLine(text)).toBe(`a ${'b'.repeat(5_000)}`);
});
