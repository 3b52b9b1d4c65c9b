import { readData } from '../../tools/read-data.ts';
import { asSentence, listOf, mentions, vocabulary } from './words.ts';

/** `data/phrases.json`: regular expressions by name. `~name~` stands for another one, or for a list of words. */
type PhraseData = Readonly<Record<string, { readonly flags: string; readonly any: string[] }>>;

const data = readData('phrases.json') as PhraseData;

const wordLists: Readonly<Record<string, string>> = {
  number: [String.raw`\d{1,4}`, ...Object.keys(vocabulary.numbers)].join('|'),
  thing: listOf('things').join('|').replaceAll('_', ' '),
  action: [
    ...[...vocabulary.writing, ...vocabulary.reading].flatMap(({ say }) => say?.split(' ') ?? []),
    ...listOf('questions'),
  ].join('|'),
};

function sourceOf(name: string): string {
  const source = wordLists[name] ?? data[name]?.any.join('|');
  if (source === undefined) throw new Error(`data/phrases.json has no ${name}`);
  return source.replace(/~(\w+)~/g, (_all, inner: string) => sourceOf(inner));
}

const compiled = new Map(
  Object.entries(data).map(([name, { flags }]) => [name, new RegExp(sourceOf(name), flags)]),
);

/** The regular expression with this name. Throws an Error if there is none. */
export function phrase(name: string): RegExp {
  const found = compiled.get(name);
  if (found === undefined) throw new Error(`data/phrases.json has no ${name}`);
  return found;
}

/** What the first group holds that matched. */
export function inPhrase(name: string, text: string): string | undefined {
  return phrase(name)
    .exec(text)
    ?.slice(1)
    .find((group) => group !== undefined);
}

/** How many are asked for: "last 5 mails", "two issues", "my latest mail" (1). */
export function countIn(clause: string): number | undefined {
  const text = clause.replace(phrase('itemsByNumber'), ' ');
  const count = inPhrase('count', text);
  if (count !== undefined) return vocabulary.numbers[count.toLowerCase()] ?? Number(count);
  return phrase('newestOne').test(text) ? 1 : undefined;
}

export function emailsIn(text: string): string[] {
  return text.match(phrase('email')) ?? [];
}

export function quotedIn(text: string): string[] {
  return [...text.matchAll(phrase('quoted'))].map((match) => match.slice(1).join(''));
}

/** A channel as `#name` or "in the name channel", without its `#`. */
export function channelIn(text: string): string | undefined {
  return inPhrase('channel', text)?.toLowerCase();
}

/** All `owner/name` of a text; paths of files are none. */
export function repositoriesIn(text: string): { readonly owner: string; readonly repo: string }[] {
  return [...text.matchAll(phrase('repository'))].flatMap(([name, owner = '', repo = '']) =>
    phrase('fileNotRepository').test(name) ? [] : [{ owner, repo }],
  );
}

export function itemNumberIn(text: string): number | undefined {
  const number = inPhrase('itemNumber', text);
  return number === undefined ? undefined : Number(number);
}

/** A clause without what it only hands on. */
export function withoutSpeech(clause: string): string {
  return clause.replace(phrase('speech'), ' ');
}

/** What a message is to say, word by word where it is quoted. */
export function bodyIn(text: string): string | undefined {
  const clause = text.replace(phrase('named'), ' ');
  const said = inPhrase('said', clause);
  const quoted = said === undefined ? quotedIn(clause).at(-1) : quotedIn(said)[0];
  if (quoted !== undefined && (said === undefined || /^["“']/.test(said))) return quoted;
  const body = said?.replace(phrase('andSubject'), '') ?? inPhrase('told', clause);
  return body === undefined ? undefined : asSentence(body);
}

/** A subject or title: named, quoted, or what the clause is about. */
export function titleIn(clause: string): string | undefined {
  const name = inPhrase('title', clause) ?? quotedIn(clause)[0];
  const title = name ?? asSentence(inPhrase('about', clause) ?? '');
  return title.trim().replace(/\.$/, '') || undefined;
}

/** `open` or `closed`, where the clause says so. */
export function stateIn(clause: string): string | undefined {
  if (mentions(clause, 'closed merged resolved done reopen')) return 'closed';
  return phrase('open').test(clause) ? 'open' : undefined;
}

export function labelsIn(clause: string): string[] {
  const labels = inPhrase('labels', clause)?.split(/\s*,\s*|\s+and\s+/) ?? [];
  return labels.map((name) => name.replace(/["“”]/g, ''));
}
