import { stripVTControlCharacters } from 'node:util';

/** Control characters, line and paragraph separators, and the marks that reorder text so that it reads as something else. */
const HAZARDOUS = /[\p{Cc}\u2028-\u202E\u2066-\u2069]/gu;

/**
 * Text that a terminal shows and does not obey: escape sequences and control characters are gone, except line
 * breaks and tabs.
 */
export function plainText(text: string): string {
  return stripVTControlCharacters(text.replaceAll('\r\n', '\n')).replace(HAZARDOUS, (character) =>
    character === '\n' || character === '\t' ? character : '',
  );
}

/** The same on one line, so that it cannot pass for lines of ours. */
export function singleLine(text: string): string {
  return plainText(text).replace(/\s+/gu, ' ').trim();
}

const LONGEST_JSON = 4_000;

/** A value on one line, cut where it gets long. */
export function shortJson(value: unknown): string {
  const json = plainJson(value);
  if (json.length <= LONGEST_JSON) return json;
  return `${json.slice(0, LONGEST_JSON)} … (${json.length} characters in all)`;
}

/** JSON whose strings cannot steer a terminal either: what `JSON.stringify` leaves raw is escaped. */
export function plainJson(value: unknown, indentation?: number): string {
  return JSON.stringify(value, undefined, indentation).replace(HAZARDOUS, (character) =>
    character === '\n' ? character : `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
