import {
  emailsIn,
  labelsIn,
  personIn,
  quotedIn,
  repositoriesIn,
  stateIn,
  withoutSpeech,
} from './phrases.ts';
import type { ToolProfile } from './rank-tools.ts';
import { mentions, searchedWords, vocabulary } from './words.ts';

/** `7d` for "this week" and for "the last 7 days". */
function periodIn(clause: string): string | undefined {
  const [, count, unit] =
    /\b(?:last|past)\s+(\d+)\s+(hour|day|week|month|year)s?\b/i.exec(clause) ?? [];
  if (count && unit) return `${count}${unit.charAt(0).toLowerCase()}`;
  const named = /\b(?:(today|yesterday)|(?:this|past|last) (week|month|year))\b/i.exec(clause);
  return vocabulary.periods[(named?.[1] ?? named?.[2] ?? '').toLowerCase()];
}

const senderPatterns = [
  /\b(?:from|by)\s+(?!(?:the|my|an?|this|that|last|today|yesterday|our|any|each|every|it|them)\b)([\p{L}\p{N}._%+-]+@[\p{L}\p{N}.-]+|\p{Lu}\p{L}+(?:\s+\p{Lu}\p{L}+)?|[\p{L}-]+)/u,
  /\b(\p{Lu}\p{L}+)['’]s\s+(?:last\s+|latest\s+)?(?:e-?mail|mail|message|thread)/u,
  /\b(?:[Rr]eply|[Rr]espond|[Aa]nswer)\s+(?:to\s+)?(\p{Lu}\p{L}+)\b/u,
];

function senderIn(clause: string): string | undefined {
  return senderPatterns.flatMap((pattern) => pattern.exec(clause)?.[1] ?? [])[0]?.toLowerCase();
}

const topicPattern =
  /\b(?:about|regarding|concerning|mentioning|containing|that mentions?|with the words?|on the topic of|for)\s+(?:the\s+)?(.+?)(?=$|[,.?!]|\s(?:and|from|in|to|saying|that|then|this|last|today|yesterday)\b)/iu;

/** What a search looks for: quoted words, else the topic. */
function topicIn(clause: string): string[] {
  const quoted = quotedIn(clause).map((each) => (each.includes(' ') ? `"${each}"` : each));
  return quoted.length > 0 ? quoted : searchedWords(topicPattern.exec(clause)?.[1] ?? '');
}

/** The topic, else all words that steer nothing. */
function soughtWords(clause: string): string[] {
  const topic = topicIn(clause);
  if (topic.length > 0) return topic;
  const plain = clause
    .replace(/\S+@\S+|#\S+/gu, ' ')
    .replace(/\b(?:from|by|in|with|labell?ed)\s+\S+|\b\p{Lu}\p{L}+['’]s\b/gu, ' ');
  return searchedWords(plain);
}

/** Such as `is:unread from:mara`. `particular`: about one mail, so that all it says tells which. */
function gmailQuery(text: string, particular: boolean): string {
  // "as unread" is what is wanted, not what is looked for; neither is what a reply says.
  const clause = withoutSpeech(text).replace(/\bas \w+\b/gi, '');
  const to = particular ? undefined : /\bto\s+(\S+@[\p{L}\p{N}.-]+\w)/u.exec(clause)?.[1];
  const sender = senderIn(clause);
  const { mailFlags: flags } = vocabulary;
  const [label] = particular ? [] : labelsIn(clause);
  const period = periodIn(clause);
  const searches = particular || mentions(clause, 'find search look any there did');
  const sought = searches ? soughtWords(clause) : topicIn(clause);
  return [
    ...Object.keys(flags).filter((flag) => mentions(clause, flags[flag] ?? '')),
    sender && `from:${sender.includes(' ') ? `"${sender}"` : sender}`,
    to && `to:${to}`,
    label && `label:${label}`,
    period && `newer_than:${period}`,
    ...sought.filter((word) => !sender?.includes(word)),
  ]
    .filter(Boolean)
    .join(' ');
}

/** Such as `is:pr is:open assignee:@me`. */
function githubQuery(clause: string, forIssues: boolean): string {
  const [repository] = repositoriesIn(clause);
  const state = stateIn(clause) ?? (mentions(clause, 'all') ? 'all' : 'open');
  const language = /\b(?:typescript|javascript|python|go|rust|java|hcl)\b/i.exec(clause)?.[0];
  const author = /\b(?:opened|created|written|authored)\s+by\s+@?([\w-]+)/i.exec(clause)?.[1];
  const assignee =
    /\bassigned to @?([\w-]+)/i.exec(clause)?.[1] ?? (mentions(clause, 'my') && 'me');
  const known = `${language} ${repository?.owner} ${repository?.repo}`;
  const sought = assignee ? topicIn(clause) : soughtWords(clause);
  return [
    forIssues && (/\b(?:pull requests?|prs?)\b/i.test(clause) ? 'is:pr' : 'is:issue'),
    forIssues && state !== 'all' && `is:${state}`,
    forIssues && assignee && `assignee:${assignee.replace(/^me$/, '@me')}`,
    author && `author:${author.replace(/^me$/, '@me')}`,
    repository && `repo:${repository.owner}/${repository.repo}`,
    ...(forIssues ? labelsIn(clause) : []).map((label) => `label:${label}`),
    !forIssues && language && `language:${language.toLowerCase()}`,
    ...sought.filter((word) => !mentions(known, word)),
  ]
    .filter(Boolean)
    .join(' ');
}

/** A clause as the query of a tool; empty where it narrows nothing. */
export function searchQuery(clause: string, tool: ToolProfile, particular = false): string {
  if (tool.name.includes('people')) return personIn(clause) ?? '';
  if (tool.connector === 'gmail') return gmailQuery(clause, particular);
  if (tool.connector === 'github') return githubQuery(clause, tool.nouns.has('issue'));
  return emailsIn(clause)[0] ?? soughtWords(clause).join(' ').replaceAll('"', '');
}
