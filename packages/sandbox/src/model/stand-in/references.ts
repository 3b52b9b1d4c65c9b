import { type Fields, fieldText, isFields, type KnownCall, recordsOf } from './knowledge.ts';

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
    'snippet',
    'body',
  ];
  return parts
    .map((part) => fieldText(record, part) ?? '')
    .join(' ')
    .toLowerCase();
}

const NAMED =
  /\b(?:from|by|about|of|on|regarding)\s+(?:the\s+)?["“]?([\p{L}\p{N}][\p{L}\p{N}@._-]*(?:\s+\p{Lu}[\p{L}]+)?)|\b(\p{Lu}[\p{L}]+)(?=['’]s\b)|\b(?:to|answer|reply)\s+(\p{Lu}[\p{L}]+)\b|\bthe\s+([\p{Ll}]{4,})\b/gu;

/** Words after "the" that say what kind of thing is meant, and not which one. */
const KINDS =
  /^(the|it|them|my|me|first|second|third|fourth|fifth|last|latest|newest|oldest|top|mails?|emails?|e-mails?|messages?|issues?|thread|threads|trash|inbox|one|ones|following|same|result|results|summary|channel|repo|repository|slack|github|gmail|most|label|labels|subject|body|text|pull|open|unread|other|others|team|reply|draft)$/;

/** The names and topics by which a clause tells records apart. */
function namesIn(clause: string): string[] {
  const head = clause.replace(/\b(?:saying|that says|with (?:the )?(?:body|text))\b.*$/isu, '');
  return [...head.matchAll(NAMED)]
    .map((match) => (match[1] ?? match[2] ?? match[3] ?? match[4] ?? '').toLowerCase())
    .filter((name) => name !== '' && !KINDS.test(name));
}

/** All records of a call: its list, or its whole result where that is one record. */
export function recordsOfCall(call: KnownCall): Fields[] {
  const list = recordsOf(call.result);
  if (list !== undefined) return list.records;
  return isFields(call.result) ? [call.result] : [];
}

/**
 * The record that a clause means: by name or topic, else by its place, else the first. Newer calls
 * come first. `fits` says which records can be meant at all. A name that fits nothing picks no
 * record of an earlier prompt, where it would be picked by chance.
 */
export function findRecord(
  clause: string,
  calls: readonly KnownCall[],
  fits: (record: Fields, call: KnownCall) => boolean,
): Found | undefined {
  const names = namesIn(clause);
  const place = ORDINALS.find(([pattern]) => pattern.test(clause))?.[1];
  for (const call of calls.toReversed()) {
    if (call.error !== undefined) continue;
    const records = recordsOfCall(call).filter((record) => fits(record, call));
    const named = records.find((record) => names.some((name) => haystack(record).includes(name)));
    const placed = records.at(place ?? 0) ?? records[0];
    const chosen =
      named ?? (names.length === 0 || place !== undefined || call.current ? placed : undefined);
    if (chosen !== undefined) return { record: chosen, call };
  }
  return undefined;
}

/** Whether a clause means several records: them, all, those. */
export function meansAll(clause: string): boolean {
  return /\b(them|all|those|these|every|each|both)\b/i.test(clause);
}

/** Whether a clause means what was last spoken of: it, this one. */
export function namesOneThing(clause: string): boolean {
  return (
    /\b(it|this|that one|this one|that issue|that pr)\b/i.test(clause) &&
    !ORDINALS.some(([pattern]) => pattern.test(clause))
  );
}
