import { describe, expect, test } from 'vitest';
import { hasInexactNumber, inexactNumber } from './json-text.ts';

describe('a number that JavaScript would change', () => {
  test.each([
    ['{"id":2512292042121000001}', '2512292042121000001'],
    ['{"id":2512292042121000000}', '2512292042121000000'],
    ['[1,-9007199254740993]', '-9007199254740993'],
    ['{"a":{"b":[1e400]}}', '1e400'],
    ['{"pi":3.14159265358979323846}', '3.14159265358979323846'],
    ['{"tiny":1e-400}', '1e-400'],
  ])('is found in %s', (json, number) => {
    expect(inexactNumber(json)).toBe(number);
  });

  test.each([
    '{"id":"2512292042121000001"}',
    '{"text":"say \\"2512292042121000001\\""}',
    '{"a":9007199254740991,"b":-1,"c":0.1,"d":1.50,"e":1e3,"f":2.5E-7,"g":-0,"h":0.30000000000000004}',
    '{"a":100000000000000000000e-10,"b":0.000000000000000000}',
    '{}',
    '{"broken',
  ])('is not seen in %s', (json) => {
    expect(inexactNumber(json)).toBeUndefined();
  });

  test('is one of a million digits, in no time', () => {
    const number = `1.1${'0'.repeat(1_000_000)}1`;
    expect(inexactNumber(`{"a":${number}}`)).toBe(number);
  });

  test('may have lost digits before it came as a value', () => {
    expect(hasInexactNumber({ mails: [{ id: 2512292042121000000 }] })).toBe(true);
    expect(
      hasInexactNumber({ mails: [{ id: '2512292042121000001', size: 9007199254740991 }] }),
    ).toBe(false);
  });
});
