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
  const whole = json.toWellFormed();
  if (!whole.includes('\\u')) return whole;
  return whole.replaceAll(escapes, (escape) =>
    /^\\u[dD][89a-fA-F][0-9a-fA-F]{2}$/.test(escape) ? '\\ufffd' : escape,
  );
}

/** The first characters of a text, never half of one that takes two units. */
export function beginningOf(text: string, length: number): string {
  const end = /[\uD800-\uDBFF]$/.test(text.slice(0, length)) ? length - 1 : length;
  return text.slice(0, Math.max(0, end));
}

/** Characters of a number that is looked at. */
const longestNumber = 1_000;

/** A string, to be passed over, or a number. */
const tokens = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/gs;

/**
 * The first number of a JSON text that JavaScript would change: `JSON.parse` turns 2512292042121000001 into
 * 2512292042121000000 without a word, and another message would be deleted. Undefined where every number is exact.
 * Whole numbers beyond 2^53 count as changed even where this one would survive, since who wrote it could not know.
 */
export function inexactNumber(json: string): string | undefined {
  for (const [token] of json.matchAll(tokens)) {
    if (!token.startsWith('"') && !isExact(token)) return token;
  }
  return undefined;
}

function isExact(token: string): boolean {
  // Every number of up to 15 digits survives; most are told by their length.
  if (token.length <= 15 && !/e/i.test(token)) return true;
  // Longer than any number that somebody means: looking at millions of zeros takes hours.
  if (token.length > longestNumber) return false;
  const value = Number(token);
  if (!Number.isFinite(value)) return false;
  if (Number.isInteger(value) && !Number.isSafeInteger(value)) return false;
  return canonical(token) === canonical(String(value));
}

/** The digits of a number without zeros around them, and its exponent: the same for all ways to write it. */
function canonical(token: string): string {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] =
    /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(token) ?? [];
  const digits = `${whole}${fraction}`.replace(/^0+/, '');
  const significant = digits.replace(/0+$/, '');
  if (significant === '') return '0';
  const power = Number(exponent) - fraction.length + (digits.length - significant.length);
  return `${sign}${significant}e${power}`;
}

/** Whether a value holds whole numbers that may have lost digits before it came here. */
export function hasInexactNumber(value: Json): boolean {
  if (typeof value === 'number') return Number.isInteger(value) && !Number.isSafeInteger(value);
  if (typeof value !== 'object' || value === null) return false;
  return Object.values(value).some((inner) => hasInexactNumber(inner));
}
