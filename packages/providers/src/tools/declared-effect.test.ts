import { describe, expect, it } from 'vitest';
import { declaredEffect } from './declared-effect.ts';

describe('a tool’s declared effect', () => {
  it.each([
    [{ readOnlyHint: true }, 'reads'],
    [{ annotations: { readOnlyHint: true } }, 'reads'],
    [{ readOnlyHint: true, idempotentHint: false }, 'reads'],
    [{ idempotentHint: true }, 'idempotent'],
    [{ readOnlyHint: false, idempotentHint: true, destructiveHint: true }, 'idempotent'],
    [{ readOnlyHint: false }, 'writes'],
    [{ destructiveHint: true }, 'writes'],
  ])('%j: %s', (metadata, effect) => {
    expect(declaredEffect(metadata)).toBe(effect);
  });

  it.each([
    undefined,
    {},
    { destructiveHint: false },
    { idempotentHint: false },
    { readOnlyHint: 'true' },
    { annotations: 'readOnlyHint' },
  ])('%j: nothing is declared', (metadata) => {
    expect(declaredEffect(metadata)).toBeUndefined();
  });

  it.each([
    { readOnlyHint: true, destructiveHint: true },
    { readOnlyHint: true, annotations: { readOnlyHint: false } },
  ])('%j contradicts itself: the tool writes', (metadata) => {
    expect(declaredEffect(metadata)).toBe('writes');
  });

  it('reads every source', () => {
    expect(declaredEffect({}, { annotations: { readOnlyHint: true } })).toBe('reads');
  });

  it('does not believe in idempotence that is denied elsewhere', () => {
    expect(declaredEffect({ idempotentHint: true }, { idempotentHint: false })).toBeUndefined();
  });
});
