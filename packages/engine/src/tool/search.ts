import type { OfferedTool } from '../domain/tool.ts';
import { toolIndexOf } from './tool-index.ts';

const readOfText = 4_000;

/** For which what was found is kept, of each set of tools. */
const textsKept = 50;

/** Words of the text times characters of descriptions, up to which words that are only similar count, too. */
const mostComparisons = 10_000_000;

/** Words that say nothing of what a tool does. */
const stopWords = new Set(
  (
    'a about after again all also am an and any are as at be because been before but by can could did do does for ' +
    'from had has have he her here him his how i if in into is it its just me more my no not now of on one only or ' +
    'our out please she should so some than that the their them then there these they this to too up us was we were ' +
    'what when where which who will with would you your'
  ).split(' '),
);

/** What people say, and what tools are called: each stands for the others. */
const synonyms: readonly (readonly string[])[] = [
  ['mail', 'email', 'message', 'inbox'],
  ['pr', 'pull'],
  ['repo', 'repository'],
  ['dm', 'message'],
  ['trash', 'bin', 'throw'],
  ['answer', 'reply', 'respond'],
  ['emoji', 'reaction', 'react'],
  ['person', 'people', 'contact', 'user'],
  ['delete', 'remove', 'wipe', 'erase'],
  ['make', 'create', 'add'],
  ['open', 'create'],
  ['show', 'get', 'list', 'fetch'],
  ['find', 'search'],
  ['edit', 'change', 'update', 'modify'],
  ['build', 'workflow', 'run'],
  ['send', 'post', 'write', 'tell', 'announce', 'notify'],
  ['history', 'said', 'discussion'],
  ['compare', 'difference', 'diff', 'changed'],
  ['collaborator', 'access', 'permission', 'delegate'],
  ['vulnerability', 'alert', 'security'],
];

const alike = new Map<string, readonly string[]>();
for (const group of synonyms) {
  const stems = group.map(stemOf);
  for (const stem of stems) alike.set(stem, [...(alike.get(stem) ?? []), ...stems]);
}

/**
 * Every tool's name, the best match for a text first; what doesn't match at all follows, one of each connection after the other.
 * The same tools and the same text have the same order. It is computed in the worker's event loop for each turn: how
 * long that may take is bounded.
 */
export function rankTools(offered: readonly OfferedTool[], text: string): string[] {
  const matches = matchTools(offered, text);
  const matched = new Set(matches);
  return [...matches, ...roundRobin(offered.filter(({ name }) => !matched.has(name)))];
}

/** The names of the tools that match a text, the best first. */
export function matchTools(offered: readonly OfferedTool[], text: string): readonly string[] {
  const index = toolIndexOf(offered, stemOf);
  const read = text.slice(0, readOfText);
  const known = index.found.get(read);
  if (known !== undefined) return known;
  const words = wordsOf(read);
  const wanted = new Set(words);
  for (const word of words) for (const other of alike.get(word) ?? []) wanted.add(other);
  const isFuzzy = words.length * index.characters <= mostComparisons;
  const found = index
    .search([...wanted].join(' '), {
      boost: { words: 4, description: 1, parameters: 0.5 },
      prefix: (term) => term.length > 3,
      fuzzy: isFuzzy ? (term) => term.length > 4 && 0.2 : false,
      combineWith: 'OR',
      // Sought words are stems already, and what stands for one counts less.
      processTerm: (term) => term,
      boostTerm: (term) => (words.includes(term) ? 1 : 0.4),
    })
    .map(({ id }) => String(id));
  if (index.found.size >= textsKept) index.found.clear();
  index.found.set(read, found);
  return found;
}

/** The stems of what is said; an address and a #name also say what they are. */
function wordsOf(text: string): string[] {
  const named = [
    ...(/\S@\S/.test(text) ? ['email'] : []),
    ...(/(^|\s)#\p{L}/u.test(text) ? ['channel'] : []),
  ];
  const words = [...named, ...text.toLowerCase().split(/[^\p{L}\p{N}]+/u)];
  return [...new Set(words.filter((word) => word !== '' && !stopWords.has(word)).map(stemOf))];
}

/** A word without the endings that English verbs and nouns have: `replies`, `labelled`, `archiving`. */
function stemOf(word: string): string {
  if (word.length <= 3) return word;
  return word
    .replace(/ies$/, 'y')
    .replace(/(sses|shes|ches|xes)$/, (ending) => ending.slice(0, -2))
    .replace(/([^s])s$/, '$1')
    .replace(/(?<=[a-z]{3})(ing|ed)$/, '')
    .replace(/([^aeiouls])\1$/, '$1');
}

/** The names, one of each connection after the other, so that no connection fills the beginning. */
function roundRobin(offered: readonly OfferedTool[]): string[] {
  const lists = new Map<string, string[]>();
  for (const { name, tool } of offered) {
    lists.set(tool.connection, [...(lists.get(tool.connection) ?? []), name]);
  }
  const longest = Math.max(0, ...[...lists.values()].map((names) => names.length));
  return Array.from({ length: longest }, (_each, index) =>
    [...lists.values()].flatMap((names) => names[index] ?? []),
  ).flat();
}
