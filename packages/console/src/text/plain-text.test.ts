import { expect, test } from 'vitest';
import { oneLine, plainText } from './plain-text.ts';

test('codes for terminals are taken out, whatever they do', () => {
  expect(plainText('\u001B[31mred\u001B[0m \u001B]0;title\u0007x\u001B[2J')).toBe('red x');
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
