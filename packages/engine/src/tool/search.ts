import MiniSearch from 'minisearch';
import type { OfferedTool } from '../domain/tool.ts';
import { beginningOf } from '../turn/json-text.ts';
import { objectOf } from './schema-parts.ts';

/** Characters of all descriptions that are looked at: catalogues can have thousands of tools. */
const readCharacters = 200_000;
const readOfText = 4_000;

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
 * Every tool's name, the best match for a text first; what doesn't match at all follows, one of each connection in turn.
 * The same tools and the same text have the same order. It is computed in the worker's event loop for each turn: how
 * long that may take is bounded.
 */
export function rankTools(offered: readonly OfferedTool[], text: string): string[] {
  const matches = matchTools(offered, text);
  const matched = new Set(matches);
  return [...matches, ...inTurn(offered.filter(({ name }) => !matched.has(name)))];
}

/** The names of the tools that match a text, the best first. */
export function matchTools(offered: readonly OfferedTool[], text: string): string[] {
  const descriptionLength = Math.floor(readCharacters / Math.max(1, offered.length));
  const documents = offered.map(({ name, tool }) => ({
    id: name,
    words: `${name.replaceAll(/[_-]+/g, ' ')} ${tool.connection}`,
    description: beginningOf(tool.description, descriptionLength),
    parameters: Object.keys(objectOf(tool.inputSchema['properties']))
      .slice(0, 50)
      .join(' ')
      .replaceAll('_', ' ')
      .slice(0, descriptionLength),
  }));
  const words = wordsOf(text.slice(0, readOfText));
  const characters = documents.reduce(
    (sum, each) => sum + each.words.length + each.description.length + each.parameters.length,
    0,
  );
  const index = new MiniSearch<(typeof documents)[number]>({
    fields: ['words', 'description', 'parameters'],
    processTerm: (term) => stemOf(term.toLowerCase()),
    searchOptions: {
      boost: { words: 4, description: 1, parameters: 0.5 },
      prefix: (term) => term.length > 3,
      fuzzy: words.length * characters > mostComparisons ? false : (term) => term.length > 4 && 0.2,
      combineWith: 'OR',
      // Sought words are stems already, and what stands for one counts less.
      processTerm: (term) => term,
      boostTerm: (term) => (words.includes(term) ? 1 : 0.4),
    },
  });
  index.addAll(documents);
  const wanted = new Set(words);
  for (const word of words) for (const other of alike.get(word) ?? []) wanted.add(other);
  return index.search([...wanted].join(' ')).map(({ id }) => String(id));
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

/** The names by connection, one of each in turn. */
function inTurn(offered: readonly OfferedTool[]): string[] {
  const lists = new Map<string, string[]>();
  for (const { name, tool } of offered) {
    lists.set(tool.connection, [...(lists.get(tool.connection) ?? []), name]);
  }
  const longest = Math.max(0, ...[...lists.values()].map((names) => names.length));
  return Array.from({ length: longest }, (_each, index) =>
    [...lists.values()].flatMap((names) => names[index] ?? []),
  ).flat();
}
