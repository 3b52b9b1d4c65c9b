import type { JsonObject } from '@bufbuild/protobuf';

type Filter = (record: JsonObject, value: string) => boolean;

interface SearchFields {
  /** What plain words are looked for in. */
  readonly words: (record: JsonObject) => string;
  /** By the name before the colon; its value comes in lower case. Others are looked for as plain words. */
  readonly operators: Readonly<Record<string, Filter>>;
}

const termPattern = /(-?)(?:([a-z_]+):)?(?:"([^"]*)"|\(([^)]*)\)|(\S+))/giu;

/** Whether a record fits a search such as `is:open repo:acme/api "rate limiter"`: all terms must, `-` negates one. */
export function matchesSearch(
  query: string,
  { words, operators }: SearchFields,
): (record: JsonObject) => boolean {
  const terms = [...query.matchAll(termPattern)].map((match) => {
    const [, minus, name, quoted, grouped, word] = match;
    const value = (quoted ?? grouped ?? word ?? '').toLowerCase();
    const operator = name === undefined ? undefined : operators[name.toLowerCase()];
    const sought = name === undefined ? value : `${name.toLowerCase()}:${value}`;
    const fits: (record: JsonObject) => boolean = operator
      ? (record) => operator(record, value)
      : (record) => words(record).toLowerCase().includes(sought);
    return minus === '-' ? (record: JsonObject) => !fits(record) : fits;
  });
  return (record) => terms.every((term) => term(record));
}
