import { describe, expect, it } from 'vitest';
import { createTextCleaner, cut } from './clean-text.ts';

const clean = createTextCleaner(() => ['', 'hunter2-secret']);

describe('cleaning a provider’s text', () => {
  it('takes known secrets out, wherever they stand', () => {
    expect(clean('key hunter2-secret is wrong (hunter2-secret)')).toBe(
      'key [redacted] is wrong ([redacted])',
    );
  });

  it('takes out what looks like a credential', () => {
    expect(clean('Incorrect API key provided: sk-v1-abcd****wxyz.')).toBe(
      'Incorrect API key provided: [redacted].',
    );
    expect(clean('authorization: Bearer abcdefgh.123 refused')).toBe(
      'authorization: [redacted] refused',
    );
    expect(clean('token eyJhbGciOiJI.eyJzdWIi.c2ln expired')).toBe('token [redacted] expired');
  });

  it('makes one bounded line of it', () => {
    expect(clean('one\n  two\u0000three ')).toBe('one two three');
    expect(clean('x'.repeat(5_000))).toHaveLength(1_000);
  });

  it('never cuts a character in half', () => {
    expect(cut('a😀', 2)).toBe('a');
    expect(cut('a😀', 3)).toBe('a😀');
  });

  it('reads texts of megabytes, whatever they are made of', () => {
    for (const part of ['eyJ-', 'eyJaaaaaaaa-', '-eyJaaaaaaaaa.', 'bearer ', 'sk-', '\n', ' -']) {
      expect(clean(part.repeat(4_000_000 / part.length)).length).toBeLessThanOrEqual(1_000);
    }
  });
});
