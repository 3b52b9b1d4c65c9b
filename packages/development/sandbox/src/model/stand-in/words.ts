import { readData } from '../../tools/read-data.ts';

/** What a clause may ask to be done. */
interface ActionWords {
  /** First words of such a clause; without them, any. */
  readonly say?: string;
  /** Only where one of these words stands in the clause. */
  readonly with?: string;
  /** Not where one of these words follows the first. */
  readonly not?: string;
  /** Verbs that a fitting tool's name may have, the best first; empty: the first word itself. */
  readonly verbs: string;
  /** What it is done to, where the clause need not name it. */
  readonly nouns?: string;
}

type Table<Value> = Readonly<Record<string, Value>>;

/** `data/vocabulary.json`. Lists of words are separated by blanks. */
interface Vocabulary {
  readonly words: Table<string>;
  /** By the word that stands for all of them. */
  readonly synonyms: Table<string>;
  /** Words that tell which connector is meant. */
  readonly connectors: Table<string>;
  readonly writing: readonly ActionWords[];
  readonly reading: readonly ActionWords[];
  readonly numbers: Table<number>;
  readonly ordinals: Table<number>;
  readonly periods: Table<string>;
  readonly emoji: Table<string>;
  /** Words by Gmail's term for them. */
  readonly mailFlags: Table<string>;
  /** What "mark as read", "star" and the like do to Gmail's labels. */
  readonly mailLabels: Table<{ readonly add?: string; readonly remove?: string }>;
  /** Kinds of records: fields that they have, and the field that names one. */
  readonly records: Table<{ readonly has: string; readonly take: string }>;
  /** The source of an argument in `arguments.ts`, by the parameter's name. */
  readonly parameters: Table<string>;
  /** The tool that finds an argument out; `when`: only where one of these words stands there. */
  readonly lookups: Table<{ readonly tool: string; readonly when?: string }>;
}

export const vocabulary = readData('vocabulary.json') as Vocabulary;

export function listOf(name: string): string[] {
  return (vocabulary.words[name] ?? '').split(' ');
}

const stopWords = new Set(listOf('stopWords'));
const steering = new Set(listOf('steering'));
const canonical = new Map(
  Object.entries(vocabulary.synonyms).flatMap(([word, others]) =>
    others.split(' ').map((other) => [other, word] as const),
  ),
);

export function singular(word: string): string {
  if (word.endsWith('ies')) return `${word.slice(0, -3)}y`;
  if (/(?:ches|shes|sses|xes)$/.test(word)) return word.slice(0, -2);
  return /[^sui]s$/.test(word) ? word.slice(0, -1) : word;
}

/** The words of a text in small letters, as they stand. */
export function wordsOf(text: string): string[] {
  return (
    text
      .toLowerCase()
      .replace(/['’]s\b/gu, '')
      .match(/[\p{L}\p{N}_][\p{L}\p{N}_'’-]*|\p{Emoji_Presentation}/gu) ?? []
  );
}

/** Whether one of the words of a list stands in a text. */
export function mentions(text: string, list: string): boolean {
  const words = list.split(' ');
  return wordsOf(text).some((word) => words.includes(word));
}

/** The place in a list that a text names: 0 for the first, -1 for the last. */
export function placeIn(text: string): number | undefined {
  return wordsOf(text).flatMap((word) => vocabulary.ordinals[word] ?? [])[0];
}

/** The words by which prompts and tools are compared: singular, without synonyms and stop words. */
export function contentWords(text: string): string[] {
  const joined = text
    .replace(/\bpull[ _-]requests?\b/giu, 'pr')
    .replace(/\bout[ -]of[ -](?:the[ -])?office\b|\bauto[ -]reply\b/giu, 'vacation');
  return wordsOf(joined)
    .filter((word) => !stopWords.has(word))
    .map(singular)
    .map((word) => canonical.get(word) ?? word);
}

function isSearched(word: string): boolean {
  const [plain] = contentWords(word);
  return plain !== undefined && !steering.has(word) && !steering.has(plain) && !/^\d/.test(word);
}

/** Words as they stand, at most three, without those that only steer a search. */
export function searchedWords(text: string): string[] {
  return wordsOf(text).filter(isSearched).slice(0, 3);
}

/** `Thanks.` from `thanks`: a phrase as a sentence of its own. */
export function asSentence(phrase: string): string {
  const trimmed = phrase.trim();
  const capitalized = trimmed.charAt(0).toUpperCase() + trimmed.slice(1);
  return /[\p{Script=Latin}\p{N})]$/u.test(capitalized) ? `${capitalized}.` : capitalized;
}

/** Cut to so many characters, with an ellipsis. */
export function shorten(text: string, length: number): string {
  const flat = text.replace(/\s+/g, ' ').trim();
  return flat.length <= length ? flat : `${flat.slice(0, length).trimEnd()}…`;
}
