import { stripVTControlCharacters } from 'node:util';

/** How a line looks on a terminal with colours. */
export type LineStyle = 'plain' | 'strong' | 'dim' | 'link' | 'success' | 'failure';

/** One piece of the journey as a person reads it. The text may hold line breaks. */
export interface Line {
  readonly style: LineStyle;
  readonly text: string;
}

export function line(text: string, style: LineStyle = 'plain'): Line {
  return { style, text };
}

export const blank: Line = line('');

/** A duration as people read it: `7s`, `1m 05s`, `2h 03m`. */
export function elapsed(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  if (seconds < 60) return `${seconds}s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes}m ${twoDigits(seconds % 60)}s`;
  return `${Math.floor(minutes / 60)}h ${twoDigits(minutes % 60)}m`;
}

function twoDigits(number: number): string {
  return String(number).padStart(2, '0');
}

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
