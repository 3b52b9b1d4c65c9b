import { type Fields, fieldText, type KnownCall, recordsOf } from './knowledge.ts';

const ORDINALS: [RegExp, number][] = [
  [/\b(first|1st|latest|newest|top|most recent)\b/i, 0],
  [/\b(second|2nd)\b/i, 1],
  [/\b(third|3rd)\b/i, 2],
  [/\b(fourth|4th)\b/i, 3],
  [/\b(fifth|5th)\b/i, 4],
  [/\b(last|oldest)\b/i, -1],
];

/** A record of an earlier result, with the call that returned it. */
export type Found = { record: Fields; call: KnownCall };

function haystack(record: Fields): string {
  const parts = [
    'from',
    'subject',
    'title',
    'user',
    'username',
    'author',
    'name',
    'full_name',
    'text',
  ];
  return parts
    .map((part) => fieldText(record, part) ?? '')
    .join(' ')
    .toLowerCase();
}

const NAMED =
  /\b(?:from|by|about|of|on|regarding)\s+(?:the\s+)?["“]?([\p{L}\p{N}][\p{L}\p{N}@._-]*(?:\s+\p{Lu}[\p{L}]+)?)|\b(\p{Lu}[\p{L}]+)(?=['’]s\b)|\b(?:to|answer|reply)\s+(\p{Lu}[\p{L}]+)\b/gu;

/** The names and topics by which a clause tells records apart. */
export function namesIn(clause: string): string[] {
  return [...clause.matchAll(NAMED)]
    .map((match) => (match[1] ?? match[2] ?? match[3] ?? '').toLowerCase())
    .filter(
      (name) =>
        name !== '' &&
        !/^(the|it|them|my|me|first|last|latest|it's|slack|github|gmail)$/.test(name),
    );
}

/** All records of a call: its list, or its whole result where that is one record. */
export function recordsOfCall(call: KnownCall): Fields[] {
  const list = recordsOf(call.result);
  if (list !== undefined) return list.records;
  const result = call.result;
  return typeof result === 'object' && result !== null ? [result as Fields] : [];
}

/**
 * The record that a clause means: by name or topic, else by its place, else the first. Newer calls
 * come first. `fits` says which records can be meant at all.
 */
export function findRecord(
  clause: string,
  calls: readonly KnownCall[],
  fits: (record: Fields, call: KnownCall) => boolean,
): Found | undefined {
  const names = namesIn(clause);
  let fallback: Found | undefined;
  for (const call of calls.toReversed()) {
    if (call.error !== undefined) continue;
    const records = recordsOfCall(call).filter((record) => fits(record, call));
    if (records.length === 0) continue;
    const named = records.find((record) => names.some((name) => haystack(record).includes(name)));
    if (named) return { record: named, call };
    const place = ORDINALS.find(([pattern]) => pattern.test(clause))?.[1] ?? 0;
    const placed = records.at(place) ?? records[0];
    if (placed && fallback === undefined) fallback = { record: placed, call };
  }
  // A name that fits nothing must not pick just anything, unless a place was named too.
  const places = ORDINALS.some(([pattern]) => pattern.test(clause));
  return names.length > 0 && !places && /\bfrom\b|['’]s\b/.test(clause) ? undefined : fallback;
}

/** Whether a clause means several records: them, all, those. */
export function meansAll(clause: string): boolean {
  return /\b(them|all|those|these|every|each|both)\b/i.test(clause);
}
