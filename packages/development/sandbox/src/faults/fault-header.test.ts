import { describe, expect, it } from 'vitest';
import { parseFaultHeader } from './fault-header.ts';

describe('x-sandbox-fault', () => {
  it.each([
    ['429', { kind: 'http_status', status: 429 }],
    ['429; retry-after=2', { kind: 'http_status', status: 429, retryAfterSeconds: 2 }],
    ['delay=500', { kind: 'delay', milliseconds: 500 }],
    ['hang', { kind: 'hang' }],
    ['drop', { kind: 'drop_connection' }],
    ['free_quota_exceeded', { kind: 'quota_exhausted' }],
    ['{"kind":"no_choices"}', { kind: 'no_choices' }],
  ])('%s', (header, effect) => {
    expect(parseFaultHeader(header)).toMatchObject({ effect, when: 'before-effect' });
  });

  it('can strike after the effect', () => {
    expect(parseFaultHeader('502; when=after-effect').when).toBe('after-effect');
  });

  it('refuses what it does not know', () => {
    expect(() => parseFaultHeader('200')).toThrow('unknown fault');
  });
});
