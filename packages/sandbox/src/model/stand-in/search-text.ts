import { emailsIn, labelsIn, quotedIn, repositoryIn, stateIn } from './phrases.ts';
import { contentWords } from './words.ts';

const DAYS: [RegExp, string][] = [
  [/\btoday\b|\blast 24 hours\b/i, '1d'],
  [/\byesterday\b/i, '2d'],
  [/\b(this|past|last) week\b/i, '7d'],
  [/\b(this|past|last) month\b/i, '30d'],
  [/\b(this|past|last) year\b/i, '1y'],
];

/** Words that steer a search and are not searched for. */
const STEERING = new Set(
  (
    'mail unread read message summarize summarise summary fetch list show find search check look see display ' +
    'give count review catch gmail github slack pull_request issue repo code user channel starred star ' +
    'important attachment attached open closed assigned assign mention mentioning contain containing ' +
    'subject week day month year hour past please inbox attach sent send thread tell many number got ' +
    'received receive need whether something anything everything help request label labeled labelled repository reply respond ' +
    'answer draft write say saying trash delete archive mark keyword term word matching across within happened going ' +
    'sender who arrived come came move put throw trash bin star unstar flag batch first second third ' +
    'forward assistant boss team status details full whole zeige mir meine letzten ungelesenen'
  ).split(' '),
);

function newerThan(clause: string): string | undefined {
  const relative = /\b(?:last|past)\s+(\d+)\s+(hour|day|week|month|year)s?\b/i.exec(clause);
  if (relative?.[1] && relative[2]) return `${relative[1]}${relative[2].charAt(0).toLowerCase()}`;
  return DAYS.find(([pattern]) => pattern.test(clause))?.[1];
}

function senderIn(clause: string): string | undefined {
  const from =
    /\b(?:from|by)\s+([\p{L}\p{N}._%+-]+@[\p{L}\p{N}.-]+|[\p{Lu}][\p{L}]+(?:\s+\p{Lu}[\p{L}]+)?|[\p{L}][\p{L}-]+)/u.exec(
      clause,
    )?.[1];
  const owned =
    /\b(\p{Lu}[\p{L}]+)['’]s\s+(?:last\s+|latest\s+)?(?:e-?mail|mail|message|thread)/u.exec(
      clause,
    )?.[1];
  const to = /\b(?:reply|respond|answer)\s+(?:to\s+)?(\p{Lu}[\p{L}]+)\b/u.exec(clause)?.[1];
  const name = from ?? owned ?? to;
  if (name === undefined) return undefined;
  return /^(the|my|a|an|this|that|last|today|yesterday|our|any|each|every|it|them)$/i.test(name)
    ? undefined
    : name.replace(/[.]$/, '').toLowerCase();
}

function isUnread(clause: string): boolean {
  // "as unread" is what is wanted, not what is looked for.
  const sought = clause.replace(/\bas unread\b/gi, '');
  return /\bunread\b|\bnew (?:e-?)?mails?\b|\bhaven'?t read\b|\bungelesen|\bnon lus?\b|\bno le[ií]dos?\b|未読/iu.test(
    sought,
  );
}

const TOPIC =
  /\b(?:about|regarding|concerning|mentioning|containing|that mentions?|with the words?|on the topic of|for)\s+(?:the\s+)?(.+?)(?=$|[,.?!]|\s(?:and|from|in|to|saying|that|then|this|last|today|yesterday)\b)/iu;

/** What a search looks for: quoted words, the topic, else the words that steer nothing. */
function topicIn(clause: string): string[] {
  const quoted = quotedIn(clause);
  if (quoted.length > 0) return quoted.map((each) => (each.includes(' ') ? `"${each}"` : each));
  const topic = TOPIC.exec(clause)?.[1];
  if (topic === undefined) return [];
  return searchedWords(topic);
}

/** Words as they stand, without those that steer: searches compare text, not meanings. */
function searchedWords(text: string): string[] {
  return (text.toLowerCase().match(/[\p{L}\p{N}][\p{L}\p{N}-]*/gu) ?? [])
    .filter((word) => {
      const [canonical] = contentWords(word);
      return canonical !== undefined && !STEERING.has(word) && !STEERING.has(canonical);
    })
    .filter((word) => !/^\d+$/.test(word))
    .slice(0, 3);
}

function leftoverWords(clause: string): string[] {
  const plain = clause
    .replace(/[\p{L}\p{N}._%+-]+@[\p{L}\p{N}.-]+/gu, ' ')
    .replace(/\b(?:from|by|in|labell?ed)\s+\S+/giu, ' ')
    .replace(/#\S+/gu, ' ');
  return searchedWords(plain);
}

/**
 * A clause as a Gmail search query, such as `is:unread from:mara`; empty where it narrows nothing.
 * `particular`: it is about one mail, so that whatever else it says tells which.
 */
export function gmailQuery(clause: string, particular = false): string {
  const label = labelsIn(clause)[0];
  const to = particular
    ? undefined
    : /\bto\s+([\p{L}\p{N}._%+-]+@[\p{L}\p{N}.-]+)/u.exec(clause)?.[1];
  const sender = senderIn(clause);
  const newer = newerThan(clause);
  const searches =
    particular || /\b(?:find|search|look(?:ing)? for|any|is there|are there|did)\b/i.test(clause);
  const topic = topicIn(clause);
  const words =
    topic.length > 0 || !searches
      ? topic
      : leftoverWords(clause).filter((word) => !sender?.includes(word));
  return [
    isUnread(clause) ? 'is:unread' : '',
    /\bstarred\b/i.test(clause) ? 'is:starred' : '',
    /\bimportant\b/i.test(clause) ? 'is:important' : '',
    /\battach(?:ment|ments|ed)\b/i.test(clause) ? 'has:attachment' : '',
    sender === undefined ? '' : `from:${sender.includes(' ') ? `"${sender}"` : sender}`,
    to === undefined ? '' : `to:${to}`,
    label === undefined ? '' : `label:${label}`,
    newer === undefined ? '' : `newer_than:${newer}`,
    ...words,
  ]
    .filter(Boolean)
    .join(' ');
}

/** A clause as a GitHub search, such as `is:pr is:open assignee:@me`. */
export function githubQuery(clause: string, toolName: string): string {
  const repository = repositoryIn(clause);
  const issues = toolName.includes('issue');
  const state = stateIn(clause) ?? (/\ball\b/i.test(clause) ? undefined : 'open');
  const language = /\b(typescript|javascript|python|go|rust|java|hcl)\b/i.exec(clause)?.[1];
  const author = /\b(?:opened|created|written|authored)\s+by\s+@?([\w-]+)/i.exec(clause)?.[1];
  const topic = topicIn(clause);
  const parts = [
    issues && /\b(pull requests?|prs?)\b/i.test(clause) ? 'is:pr' : '',
    issues && !/\b(pull requests?|prs?)\b/i.test(clause) ? 'is:issue' : '',
    issues && state !== undefined && state !== 'all' ? `is:${state}` : '',
    /\bassigned to me\b|\bmy (?:open )?(?:issues|prs?|pull requests?)\b/i.test(clause)
      ? 'assignee:@me'
      : '',
    author === undefined ? '' : `author:${author === 'me' ? '@me' : author}`,
    repository === undefined ? '' : `repo:${repository.owner}/${repository.repo}`,
    ...(issues ? labelsIn(clause).map((label) => `label:${label}`) : []),
    language !== undefined && !issues ? `language:${language.toLowerCase()}` : '',
  ].filter(Boolean);
  const words = (topic.length > 0 ? topic : leftoverWords(clause)).filter(
    (word) =>
      word !== language?.toLowerCase() &&
      word !== repository?.owner.toLowerCase() &&
      !word.includes('/') &&
      word !== repository?.repo.toLowerCase(),
  );
  return [...parts, ...(parts.includes('assignee:@me') ? topic : words)].join(' ');
}

/** A clause as the words of any other search. */
export function plainQuery(clause: string): string {
  const [address] = emailsIn(clause);
  if (address !== undefined) return address;
  const topic = topicIn(clause).map((word) => word.replaceAll('"', ''));
  return (topic.length > 0 ? topic : leftoverWords(clause)).join(' ');
}
