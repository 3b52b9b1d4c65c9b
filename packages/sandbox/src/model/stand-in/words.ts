const SYNONYMS: Record<string, string> = {
  email: 'mail',
  'e-mail': 'mail',
  inbox: 'mail',
  mailbox: 'mail',
  pr: 'pull_request',
  pull_request: 'pull_request',
  repository: 'repo',
  project: 'repo',
  codebase: 'repo',
  ticket: 'issue',
  bug: 'issue',
  people: 'user',
  person: 'user',
  member: 'user',
  colleague: 'user',
  teammate: 'user',
  conversation: 'channel',
  discussion: 'channel',
  room: 'channel',
  msg: 'message',
  dm: 'message',
  emoji: 'reaction',
  org: 'organization',
  ooo: 'vacation',
  vacation: 'vacation',
  holiday: 'vacation',
  'out-of-office': 'vacation',
  autoreply: 'vacation',
  'auto-reply': 'vacation',
  addressbook: 'contact',
  starred: 'star',
  contributes: 'contributor',
  contribute: 'contributor',
};

const STOP_WORDS = new Set(
  (
    'a an and any are as at be been but by can could do does for from get give has have hello hey hi how i ' +
    'if in into is it its just let like me mine my need no not of on one ones or our please should so ' +
    'some still tell than thank thanks that the their them then there these they this those to up us want was we ' +
    'were what when where which who will with would yes you your about all also out ' +
    'also now today currently right over latest last newest recent most first few new old each every'
  ).split(' '),
);

function singular(word: string): string {
  if (word.endsWith('ies') && word.length > 4) return `${word.slice(0, -3)}y`;
  if (/(ches|shes|sses|xes)$/.test(word)) return word.slice(0, -2);
  if (word.endsWith('s') && !/(ss|us|is)$/.test(word) && word.length > 3) return word.slice(0, -1);
  return word === 'prs' ? 'pr' : word;
}

/** One word in the form in which prompts and tools are compared. */
export function canonicalWord(word: string): string {
  const lower = word.toLowerCase().replace(/['’]s$/, '');
  const single = singular(lower);
  return SYNONYMS[lower] ?? SYNONYMS[single] ?? single;
}

/** The comparable words of a text, stop words left out, in their order. */
export function contentWords(text: string): string[] {
  const joined = text
    .toLowerCase()
    .replace(/\bpull[ _-]requests?\b/g, 'pull_request')
    .replace(/\b(?:out[ -]of[ -](?:the[ -])?office|auto[ -]?reply)\b/g, 'vacation');
  const words = joined.match(/[\p{L}\p{N}_][\p{L}\p{N}_'’-]*/gu) ?? [];
  return words.filter((word) => !STOP_WORDS.has(word)).map(canonicalWord);
}

const NUMBER_WORDS: Record<string, number> = {
  one: 1,
  two: 2,
  three: 3,
  four: 4,
  five: 5,
  six: 6,
  seven: 7,
  eight: 8,
  nine: 9,
  ten: 10,
  twelve: 12,
  fifteen: 15,
  twenty: 20,
  fifty: 50,
};

export const NUMBER_PATTERN = String.raw`\d{1,4}|${Object.keys(NUMBER_WORDS).join('|')}`;

export function numberOf(word: string): number {
  return NUMBER_WORDS[word.toLowerCase()] ?? Number(word);
}

/** `Thanks` from `thanks`: a phrase as a sentence of its own. */
export function asSentence(phrase: string): string {
  const trimmed = phrase.trim();
  const capitalized = trimmed.charAt(0).toUpperCase() + trimmed.slice(1);
  return /[\p{Script=Latin}\p{N})]$/u.test(capitalized) ? `${capitalized}.` : capitalized;
}

/** Cut at a word, with an ellipsis. */
export function shorten(text: string, length: number): string {
  const flat = text.replace(/\s+/g, ' ').trim();
  if (flat.length <= length) return flat;
  const cut = flat.slice(0, length);
  return `${cut.slice(0, Math.max(cut.lastIndexOf(' '), length - 20)).trimEnd()}…`;
}
