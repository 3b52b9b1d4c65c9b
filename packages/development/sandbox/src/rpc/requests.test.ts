import { describe, expect, it } from 'vitest';
import { paginate } from './requests.ts';

const all = Array.from({ length: 250 }, (_, index) => index);

describe('pages', () => {
  it('cover everything once', () => {
    const seen: number[] = [];
    let pageToken = '';
    do {
      const page = paginate(all, { pageSize: 60, pageToken }, 25);
      seen.push(...page.items);
      pageToken = page.nextPageToken;
    } while (pageToken !== '');
    expect(seen).toEqual(all);
  });

  it('have a modest size by default, and 100 entries at most', () => {
    expect(paginate(all, { pageSize: 0, pageToken: '' }, 25).items).toHaveLength(25);
    expect(paginate(all, { pageSize: 500, pageToken: '' }, 25).items).toHaveLength(100);
  });

  it('refuse a token that is none', () => {
    expect(() => paginate(all, { pageSize: 0, pageToken: 'x' }, 25)).toThrow('invalid page_token');
  });
});
