import { currentPrompt, textOf, type ChatMessage } from '../chat-request.ts';
import { withoutSpeech } from './phrases.ts';
import { listOf, placeIn, searchedWords } from './words.ts';

export type Fields = Readonly<Record<string, unknown>>;

/** One tool call of the conversation with what came of it. */
export interface KnownCall {
  readonly tool: string;
  readonly arguments: Fields;
  readonly result: unknown;
  /** What the result says went wrong. */
  readonly error: string | undefined;
  /** Whether it belongs to the prompt that is being answered. */
  readonly current: boolean;
}

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function errorOf(result: unknown): string | undefined {
  if (!isFields(result)) return undefined;
  const { error, ok, status, message } = result;
  if (!error && ok !== false && status !== 'error' && status !== 'failed') return undefined;
  const said = isFields(error) ? error['message'] : (error ?? message);
  return typeof said === 'string' ? said : JSON.stringify(result);
}

/** All answered tool calls of a conversation, oldest first. */
export function readCalls(messages: readonly ChatMessage[]): KnownCall[] {
  const { index: promptIndex } = currentPrompt(messages);
  const answers = new Map<string, string>();
  for (const message of messages) {
    if (message.role === 'tool') answers.set(message.tool_call_id, textOf(message.content));
  }
  return messages.flatMap((message, index) => {
    const calls = message.role === 'assistant' ? (message.tool_calls ?? []) : [];
    return calls.map(({ id, function: { name, arguments: text } }): KnownCall => {
      const input = parseJson(text);
      const result = parseJson(answers.get(id) ?? '');
      const [given, error] = [isFields(input) ? input : {}, errorOf(result)];
      return { tool: name, arguments: given, result, error, current: index > promptIndex };
    });
  });
}

/** A result that has one of these is one thing, though it may carry lists such as labels. */
const marksOfOneRecord = ['title', 'subject', 'full_name', 'number'];

/** The first list of objects in a result, three levels deep at most, and the key that it stands under. */
export function listIn(
  result: unknown,
  depth = 3,
): { readonly name: string; readonly records: readonly Fields[] } | undefined {
  if (!isFields(result) || depth === 0) return undefined;
  if (marksOfOneRecord.some((key) => key in result)) return undefined;
  for (const [name, value] of Object.entries(result)) {
    if (Array.isArray(value) && value.every(isFields)) return { name, records: value };
  }
  return Object.values(result)
    .map((value) => listIn(value, depth - 1))
    .find((list) => list !== undefined);
}

/** All records of a call: its list, or its whole result where that is one record. */
export function recordsOf({ result }: KnownCall): readonly Fields[] {
  return listIn(result)?.records ?? (isFields(result) ? [result] : []);
}

/** The first of these fields with a text; of an object such as `{ login }`, the text inside. */
export function fieldText(record: Fields, ...names: string[]): string | undefined {
  for (const name of names) {
    const value = record[name];
    if (typeof value === 'number' || (typeof value === 'string' && value !== ''))
      return String(value);
    const inner = isFields(value) ? fieldText(value, 'login', 'name', 'value', 'email') : undefined;
    if (inner !== undefined) return inner;
  }
  return undefined;
}

const namedFields = listOf('namedFields');

/**
 * The record that a clause means: by name or topic, else by its place, else the first. Newer calls
 * come first. `fits` says which records can be meant. A name that fits nothing picks no record of
 * an earlier prompt, where it would be picked by chance.
 */
export function findRecord(
  clause: string,
  calls: readonly KnownCall[],
  fits: (record: Fields) => boolean,
): { readonly record: Fields; readonly call: KnownCall } | undefined {
  const head = withoutSpeech(clause);
  const names = searchedWords(head);
  const isNamed = (record: Fields) => {
    const text = namedFields
      .map((field) => fieldText(record, field))
      .join(' ')
      .toLowerCase();
    return names.some((name) => text.includes(name));
  };
  const place = placeIn(head);
  for (const call of calls.toReversed()) {
    const records = call.error === undefined ? recordsOf(call).filter(fits) : [];
    const byPlace = names.length === 0 || place !== undefined || call.current;
    const placed = byPlace ? (records.at(place ?? 0) ?? records[0]) : undefined;
    const record = records.find(isNamed) ?? placed;
    if (record !== undefined) return { record, call };
  }
  return undefined;
}
