import { HAND_WRITTEN } from './hand-written-descriptions.ts';

const PRODUCT: Record<string, string> = { gmail: 'Gmail', github: 'GitHub', slack: 'Slack' };

const VERBS = new Set(
  (
    'add archive cancel check close compare complete create delete disable dismiss edit enable end ' +
    'fetch get import insert invite join kick leave list lock lookup mark merge modify open ping pin ' +
    'publish push remove rename replace reply request rerun revoke schedule search send set share star ' +
    'stop submit transfer trash unarchive unfurl unlock unstar untrash update verify watch dispatch'
  ).split(' '),
);

const PARAMETERS: Record<string, string> = {
  owner: 'Account or organization that owns the repository',
  repo: 'Name of the repository, without its owner',
  page: 'Page of the results, from 1',
  per_page: 'Results per page, at most 100',
  max_results: 'The most results to return',
  limit: 'The most results to return',
  count: 'The most results to return',
  query: 'What to search for',
  q: "Search text, with GitHub's qualifiers such as repo:owner/name or is:open",
  page_token: 'Token of the next page, from an earlier answer',
  cursor: 'Cursor of the next page, from an earlier answer',
  to: "The recipient's e-mail address; several are separated by commas",
  cc: 'Addresses that get a copy',
  bcc: 'Addresses that get a copy unseen by the others',
  subject: 'Subject line',
  body: 'Text of the message',
  text: 'Text of the message',
  channel: 'Channel: its id or its name',
  channel_id: 'Id of the channel',
  user: 'Id of the user',
  users: 'Ids of the users, separated by commas',
  timestamp: 'Timestamp of the message, as the message carries it',
  ts: 'Timestamp of the message, as the message carries it',
  thread_ts: 'Timestamp of the message that the thread hangs on',
  state: 'State: open, closed or all',
  label_ids: 'Ids of labels, such as INBOX or UNREAD',
  add_label_ids: 'Ids of the labels to add, such as STARRED',
  remove_label_ids: 'Ids of the labels to remove, such as UNREAD',
  labels: 'Names of labels',
  message_id: 'Id of the message',
  message_ids: 'Ids of the messages',
  thread_id: 'Id of the thread',
  issue_number: 'Number of the issue in its repository',
  pull_number: 'Number of the pull request in its repository',
  title: 'Title',
};

const PARAMETERS_OF: Record<string, Record<string, string>> = {
  gmail: { query: "Search text in Gmail's syntax, such as is:unread or from:alice@example.com" },
  slack: { name: 'Name, without # or colons' },
};

const WRITTEN_OUT: Record<string, string> = {
  org: 'organization',
  repo: 'repository',
  repos: 'repositories',
  dnd: 'do-not-disturb',
  info: 'information',
  url: 'address',
  usergroup: 'user group',
  usergroups: 'user groups',
};

function capitalize(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function article(phrase: string): string {
  if (phrase.endsWith('information')) return phrase;
  if (phrase.endsWith('s') && !phrase.endsWith('ss') && !phrase.endsWith('status')) return phrase;
  return `${/^(?!us)[aeiou]/.test(phrase) ? 'an' : 'a'} ${phrase}`;
}

/** Gmail and Slack put the verb first in a tool's name, GitHub last or near the end. */
function verbIndex(words: readonly string[]): number {
  const first = words[0];
  if (first !== undefined && VERBS.has(first) && first !== 'check') return 0;
  const last = words.findLastIndex((word) => VERBS.has(word));
  return last === -1 ? 0 : last;
}

/** A sentence or two on what the tool does: by hand where it is in common use, else from its name. */
export function describeTool(connector: string, name: string): string {
  const written = HAND_WRITTEN[name];
  if (written !== undefined) return written;
  const words = name
    .slice(connector.length + 1)
    .split('_')
    .map((word) => WRITTEN_OUT[word] ?? word);
  const index = verbIndex(words);
  const verb = words[index] ?? '';
  const before = words.slice(0, index).join(' ');
  const after = words.slice(index + 1).join(' ');
  const product = PRODUCT[connector] ?? connector;
  const object = before === '' ? article(after) : `${article(before)}${after && ` (${after})`}`;
  return `${capitalize(verb)} ${object}`.trimEnd() + ` in ${product}.`;
}

/** A phrase for a parameter. */
export function describeParameter(connector: string, name: string): string {
  const written = PARAMETERS_OF[connector]?.[name] ?? PARAMETERS[name];
  return written ?? capitalize(name.replaceAll('_', ' '));
}
