import { type Fields, fieldText, isFields } from './knowledge.ts';
import { shorten } from './words.ts';

const GIST_LENGTH = 140;

function day(text: string | undefined): string | undefined {
  if (text === undefined || !/^\d{4}-\d\d-\d\dT/.test(text)) return undefined;
  return `${text.slice(0, 10)} ${text.slice(11, 16)} UTC`;
}

/** `Mara Lindqvist` out of `Mara Lindqvist <mara@x.example>`. */
function personName(text: string): string {
  return text.replace(/\s*<[^>]*>\s*$/, '') || text;
}

const GREETING = /^(hi|hello|dear|hey)\b[^,.!\n]{0,30}[,.!]?\s+/i;

function gistOf(record: Fields, summarize: boolean): string | undefined {
  const text = fieldText(record, 'snippet', 'body', 'description', 'summary', 'content');
  if (text === undefined) return undefined;
  const plain = text.replace(/\s+/g, ' ').replace(GREETING, '');
  return shorten(plain, summarize ? GIST_LENGTH : 80);
}

function names(record: Fields, key: string): string | undefined {
  const list = record[key];
  if (!Array.isArray(list) || list.length === 0) return undefined;
  return list
    .map((each) =>
      isFields(each) ? (fieldText(each, 'name', 'login', 'filename') ?? '') : String(each),
    )
    .join(', ');
}

function describeMail(mail: Fields, summarize: boolean): string {
  const subject = fieldText(mail, 'subject') ?? '(no subject)';
  const who = personName(fieldText(mail, 'from') ?? 'an unknown sender');
  const when = day(fieldText(mail, 'date'));
  const files = names(mail, 'attachments');
  const gist = gistOf(mail, summarize);
  return [
    `**${subject}** from ${who}${when ? ` (${when})` : ''}`,
    gist ? `: ${gist}` : '',
    files ? ` [attached: ${files}]` : '',
  ].join('');
}

function describeIssue(issue: Fields, summarize: boolean): string {
  const number = fieldText(issue, 'number');
  const who = fieldText(issue, 'user', 'author');
  const labels = names(issue, 'labels');
  const assignees = names(issue, 'assignees');
  const gist = summarize ? gistOf(issue, true) : undefined;
  const details = [
    fieldText(issue, 'state'),
    who && `by ${who}`,
    labels && `labels: ${labels}`,
    assignees && `assigned to ${assignees}`,
  ].filter(Boolean);
  const place = fieldText(issue, 'repository');
  return `${place ?? ''}#${number} **${fieldText(issue, 'title')}** (${details.join('; ')})${gist ? `: ${gist}` : ''}`;
}

function describeChatMessage(message: Fields): string {
  const who = fieldText(message, 'username', 'real_name', 'user') ?? 'someone';
  const channel = fieldText(message, 'channel');
  return `${who}${channel ? ` in #${channel}` : ''}: “${shorten(fieldText(message, 'text') ?? '', 200)}”`;
}

/** One record of a result in one line, by the fields that it has. */
export function describeRecord(record: Fields, summarize: boolean): string {
  if ('subject' in record) return describeMail(record, summarize);
  if (isFields(record['message']) && 'subject' in record['message']) {
    return describeMail(record['message'], summarize);
  }
  if ('number' in record && 'title' in record) return describeIssue(record, summarize);
  if ('ts' in record && 'text' in record) return describeChatMessage(record);
  const title = fieldText(
    record,
    'full_name',
    'real_name',
    'title',
    'name',
    'login',
    'filename',
    'path',
    'message',
    'emailAddress',
    'email',
    'body',
    'id',
  );
  const more = [
    'description',
    'topic',
    'email',
    'language',
    'stargazers_count',
    'open_issues_count',
    'num_members',
    'author',
    'messagesUnread',
    'messagesTotal',
    'repository',
    'text',
    'status',
  ]
    .flatMap((key) => {
      const value = fieldText(record, key);
      return value === undefined || value === title
        ? []
        : [
            `${key
              .replace(/_|(?=[A-Z])/g, ' ')
              .replace(/ count$/, '')
              .toLowerCase()}: ${shorten(value, 80)}`,
          ];
    })
    .slice(0, 4);
  return `**${shorten(title ?? JSON.stringify(record), 120)}**${more.length > 0 ? ` (${more.join('; ')})` : ''}`;
}
