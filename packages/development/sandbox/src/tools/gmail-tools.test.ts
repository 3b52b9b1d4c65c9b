import { describe, expect, it } from 'vitest';
import { seedData } from './account-data.ts';
import { gmailTools } from './gmail-tools.ts';

const data = seedData('gmail', 'ann', Date.parse('2026-11-23T12:00:00Z'));

function found(query: string): unknown {
  return gmailTools['gmail_fetch_mails']?.({ query }, data)['resultSizeEstimate'];
}

describe('Gmail queries', () => {
  it.each([
    ['', 14],
    ['is:unread', 9],
    ['is:read', 5],
    ['is:starred', 1],
    ['from:mara', 2],
    ['from:"Mara Lindqvist" is:unread', 1],
    ['-from:mara is:unread', 8],
    ['subject:deploy', 2],
    ['subject:(Deploy window)', 2],
    ['to:ann@sandbox.example', 14],
    ['has:attachment', 4],
    ['label:customers', 3],
    ['label:travel', 1],
    ['newer_than:1d', 4],
    ['older_than:5d', 3],
    ['after:2026/11/22', 6],
    ['filename:board', 1],
    ['ramen', 1],
    ['"ramen place"', 1],
    ['nothing-has-this-word', 0],
  ])('%s', (query, count) => {
    expect(found(query)).toBe(count);
  });
});
