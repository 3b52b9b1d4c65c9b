import type { Json } from '@pawl/contracts';

/**
 * The same JSON with every unpaired surrogate replaced by U+FFFD, in keys too. Endpoints refuse a whole request for one
 * of them, since it has no form in UTF-8. What is well-formed is answered as it is, not copied.
 */
export function wellFormed<Value extends Json>(value: Value): Value;
export function wellFormed(value: Json): Json {
  if (typeof value === 'string') return value.toWellFormed();
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) {
    const copy = value.map((item) => wellFormed(item));
    return copy.every((item, index) => item === value[index]) ? value : copy;
  }
  const entries = Object.entries(value);
  const copy = entries.map(([key, member]) => [key.toWellFormed(), wellFormed(member)] as const);
  const isSame = copy.every(
    ([key, member], index) => key === entries[index]?.[0] && member === entries[index]?.[1],
  );
  return isSame ? value : Object.fromEntries(copy);
}

/** One escape of JSON at a time, a pair of surrogates being one. */
const escapes =
  /\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u[0-9a-fA-F]{4}|\\./gs;

/** The same for JSON that stays text, where half a character may also stand as an escape. */
export function wellFormedText(json: string): string {
  return json
    .toWellFormed()
    .replaceAll(escapes, (escape) =>
      /^\\u[dD][89a-fA-F][0-9a-fA-F]{2}$/.test(escape) ? '\\ufffd' : escape,
    );
}

/** The first characters of a text, never half of one that takes two units. */
export function beginningOf(text: string, length: number): string {
  const end = /[\uD800-\uDBFF]$/.test(text.slice(0, length)) ? length - 1 : length;
  return text.slice(0, Math.max(0, end));
}
