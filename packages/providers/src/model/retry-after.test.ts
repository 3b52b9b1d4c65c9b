import { describe, expect, it } from 'vitest';
import { retryAfter } from './error-body.ts';

const now = Date.parse('2026-01-01T00:00:00Z');
const asked = (headers: Record<string, string>) => retryAfter(new Headers(headers), now);

describe('Retry-After', () => {
  it('is read as seconds', () => {
    expect(asked({ 'retry-after': '7' })).toBe(7_000);
    expect(asked({ 'retry-after': '0.5' })).toBe(500);
    expect(asked({ 'retry-after': '0' })).toBe(0);
  });

  it('is read as an HTTP date, and one in the past means now', () => {
    expect(asked({ 'retry-after': 'Thu, 01 Jan 2026 00:00:30 GMT' })).toBe(30_000);
    expect(asked({ 'retry-after': 'Wed, 31 Dec 2025 23:00:00 GMT' })).toBe(0);
  });

  it('gives way to the finer header', () => {
    expect(asked({ 'retry-after': '7', 'retry-after-ms': '1250' })).toBe(1_250);
  });

  it('is bounded', () => {
    expect(asked({ 'retry-after': '999999999' })).toBe(3_600_000);
  });

  it('is left out where it is missing or can’t be read', () => {
    expect(asked({})).toBeUndefined();
    expect(asked({ 'retry-after': 'soon' })).toBeUndefined();
    expect(asked({ 'retry-after': '-1x' })).toBeUndefined();
  });
});
