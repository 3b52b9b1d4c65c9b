import { describe, expect, it } from 'vitest';
import { createMailbox } from '../seed/mailbox.ts';
import { parseGmailQuery } from './gmail-query.ts';

const testTime = Date.parse('2026-11-23T12:00:00Z');
const { mails, labels } = createMailbox('ann', testTime);

function found(query: string): number {
  return mails.filter(parseGmailQuery(query, { now: testTime, labels })).length;
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
