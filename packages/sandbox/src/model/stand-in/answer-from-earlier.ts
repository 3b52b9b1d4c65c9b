import { describeRecord } from './describe-record.ts';
import { type KnownCall, recordsOf } from './knowledge.ts';
import { contentWords } from './words.ts';

/** Answers a question about what was listed before ("which of them have attachments?"). */
export function answerFromEarlier(
  prompt: string,
  earlier: readonly KnownCall[],
): string | undefined {
  if (!/\b(?:them|those|these|of it|the list)\b/i.test(prompt)) return undefined;
  const listed = earlier.findLast((call) => (recordsOf(call.result)?.records.length ?? 0) > 0);
  const records = listed && recordsOf(listed.result)?.records;
  if (records === undefined) return undefined;
  const words = contentWords(prompt);
  const matching = records.filter((record) => {
    const text = JSON.stringify(record).toLowerCase();
    return words.some((word) => text.includes(word));
  });
  if (matching.length === 0) return 'None of what was listed before matches.';
  const lines = matching.map((record, index) => `${index + 1}. ${describeRecord(record, false)}`);
  return [`Of what was listed before, ${matching.length} match:`, '', ...lines].join('\n');
}
