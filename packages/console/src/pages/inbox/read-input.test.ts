import { expect, test } from 'vitest';
import { issueOf, mailOf } from './read-input.ts';

test('a mail is read as one, with its further arguments', () => {
  const input = { to: ['a@x', 'b@x'], cc: 'c@x', subject: 'Hi', body: 'Text', importance: 'high' };
  expect(mailOf('gmail_send_message', input)).toEqual({
    to: 'a@x, b@x',
    others: [['Cc', 'c@x']],
    subject: 'Hi',
    body: 'Text',
    rest: { importance: 'high' },
  });
});

test('an issue is read as one, with its further arguments', () => {
  const input = { owner: 'acme', repo: 'shop', title: 'Broken', body: 'It is.', labels: ['bug'] };
  expect(issueOf('github_create_issue', input)).toEqual({
    title: 'Broken',
    body: 'It is.',
    place: 'acme/shop',
    rest: { labels: ['bug'] },
  });
});

const mail = { to: 'a@x', subject: 'Hi', body: 'Text' };
const issue = { title: 'Broken', body: 'It is.', owner: 'acme' };

test.each([
  ['a second field of recipients', mail, { recipients: ['eve@x'] }],
  ['a second field of one recipient', mail, { recipient: 'eve@x' }],
  ['a subject that is a list', mail, { subject: ['eve@x'] }],
  ['recipients that are no list of texts', mail, { bcc: [{ email: 'eve@x' }] }],
  ['a second body', mail, { html_body: 'eve@x' }],
  ['a second body of an issue', issue, { description: 'eve@x' }],
  ['a body of an issue that is a list', issue, { body: ['eve@x'] }],
  ['a repository that is a list', issue, { repo: ['eve@x'] }],
])('%s is out of nobody’s sight', (_what, input, further) => {
  const all = { ...input, ...further };
  const read = 'to' in input ? mailOf('send_mail', all) : issueOf('create_issue', all);
  expect(JSON.stringify(read)).toContain('eve@x');
});
