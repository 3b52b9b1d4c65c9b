import { expect, test } from 'vitest';
import { isSameOrigin } from './follow-link.ts';

test.each([
  ['http://localhost:4000/a', 'http://127.0.0.1:4000/', true],
  ['http://[::1]:4000/', 'http://localhost:4000/', true],
  ['http://localhost:4000/', 'http://localhost:4001/', false],
  ['http://localhost:4000/', 'https://localhost:4000/', false],
  ['http://localhost.example.com:4000/', 'http://localhost:4000/', false],
  ['http://127.0.0.1.example.com:4000/', 'http://localhost:4000/', false],
  ['https://a.scalekit.dev/', 'https://a.scalekit.dev/x', true],
])('%s and %s: %s', (one, other, same) => {
  expect(isSameOrigin(new URL(one), new URL(other))).toBe(same);
});
