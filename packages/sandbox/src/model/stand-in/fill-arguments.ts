import { contextualFillers } from './fill-from-results.ts';
import type { Fields } from './knowledge.ts';
import type { Filler, Situation } from './situation.ts';
import {
  bodyIn,
  channelIn,
  countIn,
  emailsIn,
  emojiIn,
  itemNumberIn,
  labelsIn,
  personIn,
  quotedIn,
  repositoryIn,
  stateIn,
  titleIn,
} from './phrases.ts';
import { githubQuery, gmailQuery, plainQuery } from './search-text.ts';
import { asSentence, shorten } from './words.ts';

export type Filled = { arguments: Fields; missing: string[] };

const passesSummaryOn = (clause: string) =>
  /\b(summary|overview|recap|digest|results?|findings|them|it|list)\b/i.test(clause) &&
  bodyIn(clause) === undefined;

function composeBody(situation: Situation): string | undefined {
  const { clause, summary } = situation;
  const said = bodyIn(clause);
  if (said !== undefined) return said;
  if (summary !== undefined && passesSummaryOn(clause)) return summary;
  const reminder = /\bremind\b.*?\bto\s+(.+)$/is.exec(clause)?.[1];
  if (reminder !== undefined) return asSentence(reminder);
  const title = titleIn(clause);
  if (title !== undefined && !situation.tool.verbs.has('reply')) return asSentence(title);
  return /\bthank/i.test(clause) ? 'Thank you.' : undefined;
}

function composeSubject(situation: Situation): string | undefined {
  if (situation.tool.verbs.has('reply') && !/\bsubject\b/i.test(situation.clause)) return undefined;
  const title = titleIn(situation.clause);
  if (title !== undefined) return shorten(title, 120);
  if (situation.summary !== undefined && passesSummaryOn(situation.clause)) return 'Summary';
  const body = composeBody(situation);
  return body === undefined
    ? undefined
    : shorten(body.split('\n')[0] ?? '', 60).replace(/[.]$/, '');
}

function repository({ clause, prompt }: Situation) {
  return repositoryIn(clause) ?? repositoryIn(prompt);
}

function searchText({ clause, tool }: Situation): string | undefined {
  if (tool.connector === 'gmail') return gmailQuery(clause) || undefined;
  if (tool.connector === 'github') return githubQuery(clause, tool.name) || undefined;
  return plainQuery(clause) || undefined;
}

function channel({ clause, prompt, tool }: Situation): string | undefined {
  const named = channelIn(clause);
  if (named !== undefined) return named;
  const person = personIn(clause);
  if (person !== undefined && tool.verbs.has('send')) return `@${person.toLowerCase()}`;
  return channelIn(prompt);
}

const labelChange = (clause: string, removing: boolean): string[] | undefined => {
  const unread = /\bunread\b/i.test(clause.replace(/\b(my|the|all|those|these)\s+unread\b/gi, ''));
  const changes: [boolean, string, boolean][] = [
    [/\bas read\b|\bmark\b.*\bread\b/i.test(clause) && !unread, 'UNREAD', true],
    [unread && /\bmark\b/i.test(clause), 'UNREAD', false],
    [/\bunstar\b/i.test(clause), 'STARRED', true],
    [/\b(star|starred|flag)\b/i.test(clause), 'STARRED', false],
    [/\bas important\b/i.test(clause), 'IMPORTANT', false],
    [/\barchive\b/i.test(clause), 'INBOX', true],
  ];
  const labels = changes.filter(([holds, , removes]) => holds && removes === removing);
  const named = removing || /\bmark\b/i.test(clause) ? [] : labelsIn(clause);
  const all = [...labels.map(([, label]) => label), ...named];
  return all.length > 0 ? all : undefined;
};

/** Arguments that a clause says itself, by parameter name. */
const FILLERS: Record<string, Filler> = {
  max_results: ({ clause }) => countIn(clause),
  per_page: ({ clause }) => countIn(clause),
  limit: ({ clause }) => countIn(clause),
  count: ({ clause }) => countIn(clause),
  page_size: ({ clause }) => countIn(clause),
  query: searchText,
  q: searchText,
  owner: (situation) => repository(situation)?.owner,
  repo: (situation) => repository(situation)?.repo,
  org: ({ clause }) =>
    /\b(?:org(?:anization)?|of|by|in)\s+(?:the\s+)?@?([\w-]+)\b(?:\s+org)?/i.exec(clause)?.[1],
  username: ({ clause }) =>
    /@([\w-]+)/.exec(clause)?.[1] ?? /\b(?:user|by|of)\s+([\w-]+)/i.exec(clause)?.[1],
  issue_number: ({ clause }) => itemNumberIn(clause),
  pull_number: ({ clause }) => itemNumberIn(clause),
  state: ({ clause, tool }) => {
    if (tool.verbs.has('update')) {
      if (/\breopen\b/i.test(clause)) return 'open';
      return /\bclose\b/i.test(clause) ? 'closed' : undefined;
    }
    return tool.writes ? undefined : stateIn(clause);
  },
  labels: ({ clause, tool }) => {
    const labels = labelsIn(clause);
    if (labels.length === 0) return undefined;
    return tool.properties['labels']?.type === 'array' ? labels : labels.join(',');
  },
  assignees: ({ clause }) => {
    const names =
      /\bassign(?:ed)?\b.*?\bto\s+@?([\w-]+)/i.exec(clause)?.[1] ?? /@([\w-]+)/.exec(clause)?.[1];
    return names === undefined || names === 'me' ? undefined : [names];
  },
  to: ({ clause }) => emailsIn(clause).join(', ') || undefined,
  users: ({ clause }) => personIn(clause) ?? /\binvite\s+@?([\w.]+)/i.exec(clause)?.[1],
  email: ({ clause }) => emailsIn(clause)[0],
  subject: composeSubject,
  title: composeSubject,
  name: ({ clause, tool }) => {
    if (tool.nouns.has('reaction')) return emojiIn(clause) ?? 'thumbsup';
    return channelIn(clause) ?? (titleIn(clause) || quotedIn(clause)[0]);
  },
  body: (situation) => composeBody(situation),
  text: (situation) => composeBody(situation),
  topic: ({ clause }) => quotedIn(clause)[0] ?? /\bto\s+(?!#)(.+)$/i.exec(clause)?.[1],
  channel,
  channel_id: channel,
  time: ({ clause }) =>
    /\b((?:in \d+ \w+|tomorrow|tonight|at \d[\d:]*\s?(?:am|pm)?|next \w+|on \w+day)(?: at \d[\d:]*\s?(?:am|pm)?)?)/i.exec(
      clause,
    )?.[1],
  head: ({ clause }) => /\bfrom\s+([\w./-]+)/i.exec(clause)?.[1],
  base: ({ clause }) => /\b(?:into|to)\s+([\w./-]+)/i.exec(clause)?.[1] ?? 'main',
  path: ({ clause }) => /([\w./-]+\.[a-z]{1,5})\b/i.exec(clause)?.[1],
  add_label_ids: ({ clause }) => labelChange(clause, false),
  remove_label_ids: ({ clause }) => labelChange(clause, true),
  enable_auto_reply: ({ clause }) => !/\b(off|disable|stop)\b/i.test(clause),
  response_body_plain_text: ({ clause }) => bodyIn(clause),
  num_minutes: ({ clause }) => {
    const match = /(\d+)\s*(minutes?|hours?)/i.exec(clause);
    return match ? Number(match[1]) * (/^h/i.test(match[2] ?? '') ? 60 : 1) : undefined;
  },
  status_text: ({ clause }) => quotedIn(clause)[0] ?? /\bto\s+(.+)$/i.exec(clause)?.[1],
};

/** The only optional parameters that a clause may fill without naming a value for them. */
const QUIET_OPTIONALS = new Set([
  'subject',
  'title',
  'name',
  'body',
  'text',
  'topic',
  'base',
  'owner',
  'repo',
  'org',
  'username',
  'path',
  'head',
  'time',
  'channel',
  'channel_id',
  'email',
  'enable_auto_reply',
]);

function fitsType(value: unknown, type: unknown): boolean {
  switch (type) {
    case 'integer':
      return Number.isInteger(value);
    case 'number':
      return typeof value === 'number' && Number.isFinite(value);
    case 'array':
      return Array.isArray(value);
    case 'string':
    case 'boolean':
      return typeof value === type;
    case 'object':
      return typeof value === 'object' && value !== null && !Array.isArray(value);
    default:
      return true;
  }
}

/** For tools that nobody foresaw: a quoted text, a name after a preposition, a number. */
function guess(situation: Situation, type: unknown): unknown {
  const { clause } = situation;
  if (type === 'integer' || type === 'number') {
    const digits = /-?\d+(?:\.\d+)?/.exec(clause)?.[0];
    return digits === undefined ? undefined : Number(digits);
  }
  if (type !== 'string' && type !== undefined) return undefined;
  const quoted = quotedIn(clause)[0];
  if (quoted !== undefined) return quoted;
  return /\b(?:in|for|of|about|from|to|at)\s+(?:the\s+)?(\p{Lu}[\p{L}-]*(?:\s+\p{Lu}[\p{L}-]*)*)/u.exec(
    clause,
  )?.[1];
}

const isUnforeseen = (name: string) =>
  !(name in FILLERS) && !/_(id|ids|ts|timestamp|sha|number)$|^(id|ts|timestamp|sha)$/.test(name);

/** Fills a tool's arguments; `missing` names the required ones that nothing was found for. */
export function fillArguments(situation: Situation): Filled {
  const { tool } = situation;
  const filled: Fields = {};
  for (const [name, { type }] of Object.entries(tool.properties)) {
    const required = tool.required.includes(name);
    const said =
      required || !QUIET_OPTIONALS.has(name) || tool.writes
        ? FILLERS[name]?.(situation)
        : undefined;
    const found = contextualFillers[name]?.(situation);
    const guessed = required && isUnforeseen(name) ? guess(situation, type) : undefined;
    const value = [said, found, guessed].find((each) => each !== undefined && fitsType(each, type));
    if (value !== undefined) filled[name] = value;
  }
  return { arguments: filled, missing: tool.required.filter((name) => !(name in filled)) };
}
