import { expect, test } from 'vitest';
import type { Tool } from '../domain/tool.ts';
import { isAllowed, nameTools, offerTools } from './offer.ts';

const tool = (name: string, connection = 'gmail', description = ''): Tool => ({
  name,
  connection,
  description,
  inputSchema: { type: 'object' },
});

test('tools of one name get the name of their connection, within 64 characters', () => {
  const long = 'a'.repeat(64);
  const { tools: named } = nameTools([
    tool('send'),
    tool('send', 'gmail-work'),
    tool('send', 'gmail.work'),
    tool(long),
    tool(long, 'gmail-work'),
  ]);
  expect(named.map(({ name }) => name)).toEqual([
    'send',
    'send__gmail-work',
    'send__gmail_work',
    long,
    `${'a'.repeat(52)}__gmail-work`,
  ]);
});

test('connections whose names differ only in odd characters still give each tool its own name', () => {
  const { tools: named } = nameTools([tool('send'), tool('send', 'a.b'), tool('send', 'a_b')]);
  expect(new Set(named.map(({ name }) => name)).size).toBe(3);
});

test('names that endpoints refuse are put in the characters and the length that they take', () => {
  const long = `${'very_'.repeat(20)}long`;
  const { tools } = nameTools([
    tool('calendar.events.list'),
    tool('calendar_events_list'),
    tool('calendar events/list'),
    tool(long),
    tool(`${long}er`),
    tool('3d_print'),
    tool('übersetzen'),
  ]);
  const names = tools.map(({ name }) => name);
  expect(names[1]).toBe('calendar_events_list');
  expect(names.slice(5)).toEqual(['_3d_print', '_bersetzen']);
  expect(new Set(names).size).toBe(7);
  for (const name of names) expect(name).toMatch(/^[a-zA-Z0-9_-]{1,64}$/);
});

test('a tool whose schema no endpoint takes is left out, and the others are not', () => {
  const list: Tool = { ...tool('list'), inputSchema: { type: 'array', items: {} } };
  const { tools, leftOut } = nameTools([tool('send'), list]);
  expect(tools.map(({ name }) => name)).toEqual(['send']);
  expect(leftOut).toEqual([list]);
});

test('up to the limit everything that is allowed is offered, in its order', () => {
  const { tools: named } = nameTools([tool('b'), tool('a'), tool('c')]);
  const offered = offerTools(named, { policy: { deny: ['a'] }, text: '', limit: 2 });
  expect(offered.tools.map(({ name }) => name)).toEqual(['b', 'c']);
  expect(offered.isPart).toBe(false);
});

test('above it the best matches for the prompt are offered', () => {
  const many = Array.from({ length: 50 }, (_, index) => tool(`jira_thing_${index}`));
  const wanted = [
    tool('gmail_fetch_mails', 'gmail', 'Fetches e-mails of the mailbox.'),
    tool('github_issues_list', 'github', 'Lists the issues of a repository.'),
  ];
  const offered = offerTools(nameTools([...many, ...wanted]).tools, {
    policy: {},
    text: 'Fetch my unread emails, and list the open issues!',
    limit: 5,
  });
  expect(offered.isPart).toBe(true);
  expect(offered.tools).toHaveLength(5);
  expect(offered.tools.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['gmail_fetch_mails', 'github_issues_list']),
  );
});

test.each([
  [{}, 'gmail_send_message', true],
  [{ allow: ['gmail_*'] }, 'gmail_send_message', true],
  [{ allow: ['gmail_*'] }, 'slack_send_message', false],
  [{ allow: ['gmail_send_message'] }, 'gmail_send_message_now', false],
  [{ allow: [] }, 'gmail_send_message', false],
  [{ deny: ['*_send_*'] }, 'gmail_send_message', false],
  [{ deny: ['*_send_*'] }, 'gmail_resend', true],
  [{ allow: ['*'], deny: ['*message'] }, 'gmail_send_message', false],
  [{ allow: ['a*b*c'] }, 'aXbYc', true],
  [{ allow: ['a*b*c'] }, 'acb', false],
  [{ allow: ['aa*aa'] }, 'aaa', false],
  [{ allow: ['a.c'] }, 'abc', false],
])('%o and %s: %s', (policy, tool, allowed) => {
  expect(isAllowed(policy, tool)).toBe(allowed);
});

test('a pattern of many stars takes no longer than the name is long', () => {
  const pattern = `${'*a'.repeat(60)}*b`;
  expect(isAllowed({ allow: [pattern] }, 'a'.repeat(128))).toBe(false);
});

const word = (index: number) => ((index * 2_654_435_761) % 2 ** 32).toString(36);

const words = (from: number) =>
  Array.from({ length: 400 }, (_, index) => word(from + index)).join(' ');

/** Whether the work is bounded can't be timed on a busy machine: without the bounds each of these takes minutes. */
test('catalogues of thousands of tools are named and ranked in bounded time', () => {
  const odd = Array.from({ length: 5_000 }, (_, index) =>
    tool(`mail.${String.fromCodePoint(0x4e_00 + index)}`),
  );
  const { tools } = nameTools(odd);
  expect(new Set(tools.map(({ name }) => name)).size).toBe(5_000);
  const wordy = Array.from({ length: 5_000 }, (_, index) =>
    tool(`tool_${index}`, 'mail', words(index * 400)),
  );
  const offered = offerTools(nameTools(wordy).tools, {
    policy: {},
    text: words(7),
    limit: 128,
  });
  expect(offered.tools).toHaveLength(126);
});

test('what was called or found already stays, behind the matches, and never beyond what endpoints take', () => {
  const many = Array.from({ length: 200 }, (_, index) => tool(`thing_${index}`));
  const { tools } = nameTools([...many, tool('mail_send', 'gmail', 'Sends a mail.')]);
  const known = ['thing_150', 'thing_7', 'gone', 'mail_send', 'thing_150'];
  const offered = offerTools(tools, { policy: {}, text: 'Send a mail.', limit: 3, known });
  expect(offered.tools.map(({ name }) => name).slice(-3)).toEqual([
    'mail_send',
    'thing_150',
    'thing_7',
  ]);
  const all = offerTools(tools, {
    policy: { deny: ['thing_7'] },
    text: '',
    limit: 40,
    known: many.map(({ name }) => name),
  });
  expect(all.tools).toHaveLength(126);
  expect(all.tools.map(({ name }) => name)).not.toContain('thing_7');
});

test('no source can bring a tool that is taken for one of Pawl’s own', () => {
  const { tools, leftOut } = nameTools([tool('pawl:find_tools'), tool('find_tools', 'crm')]);
  expect(tools.map(({ name }) => name)).toEqual(['find_tools__crm']);
  expect(leftOut).toHaveLength(1);
  expect(isAllowed({ deny: ['*'] }, 'find_tools')).toBe(false);
});
