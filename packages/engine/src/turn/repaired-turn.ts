import { createHash } from 'node:crypto';
import { isTextNestedDeeper, type Json, jsonDepthLimit, type JsonObject } from '@pawl/contracts';
import { type AnsweredCall, answerText, type HistoryTurn } from './history.ts';
import { wellFormedText } from './json-text.ts';

/** The longest id that every endpoint takes. */
const longestId = 40;

/** LiteLLM keeps Gemini's thought signature in the id: it must come back whole, however long it is. */
const signatureInId = '__thought__';

/** Gives the calls of one request ids that are unique in it. */
export interface CallIds {
  next(call: { readonly id: string; readonly place: string; readonly isOwn: boolean }): string;
}

/**
 * An id goes back to the model that made it as it came, unless it is longer than endpoints allow or was used before.
 * Every other id is replaced by one that the strictest of them takes: Mistral wants nine letters or digits. It follows
 * from the call's place, so that the same history is the same text each time.
 */
export function createCallIds(): CallIds {
  const used = new Set<string>();
  return {
    next({ id, place, isOwn }) {
      const fits = id.length <= longestId || id.includes(signatureInId);
      let chosen = isOwn && fits && /^[!-~]+$/.test(id) ? id : derivedId(place);
      for (let again = 1; used.has(chosen); again += 1) chosen = derivedId(`${place} ${again}`);
      used.add(chosen);
      return chosen;
    },
  };
}

function derivedId(place: string): string {
  const digest = createHash('sha256').update(place).digest();
  return digest.readBigUInt64BE().toString(36).padStart(9, '0').slice(-9);
}

export interface Repair {
  readonly job: string;
  /** The model that the request is for. */
  readonly model: string;
  readonly ids: CallIds;
}

/**
 * A turn as endpoints take it: the reply without what only its own model understands where another one is asked, its
 * calls well-formed, an answer to each of them, and what the model was told of its answer. Nothing where the reply says nothing: endpoints refuse that.
 */
export function repairedTurn({ record, calls }: HistoryTurn, repair: Repair): JsonObject[] {
  const { message, requestedModel = repair.model } = record;
  const isOwn = requestedModel === repair.model;
  const content = contentOf(message, isOwn);
  if (content === null && calls.length === 0) return [];
  const written = Array.isArray(message['tool_calls']) ? message['tool_calls'] : [];
  const repaired = calls.map((call, index) =>
    repairedCall(call, written[index], { isOwn, ...repair }),
  );
  return [
    {
      role: 'assistant',
      content,
      ...(isOwn ? extras(message, messageFields) : {}),
      ...(repaired.length === 0 ? {} : { tool_calls: repaired.map(({ request }) => request) }),
    },
    ...repaired.map(({ answer }) => answer),
    ...(record.correction === undefined ? [] : [{ role: 'user', content: record.correction }]),
  ];
}

/** Written anew on the way out, or (`function_call`) another form of what is. */
const messageFields = new Set(['role', 'content', 'tool_calls', 'function_call', 'refusal']);
const callFields = new Set(['id', 'type', 'function', 'index']);
const functionFields = new Set(['name', 'arguments']);

function repairedCall(
  { record, answer }: AnsweredCall,
  written: Json | undefined,
  { job, ids, isOwn }: Repair & { readonly isOwn: boolean },
): { request: JsonObject; answer: JsonObject } {
  const place = `${job} ${record.turn} ${record.index}`;
  const id = ids.next({ id: record.callId, place, isOwn });
  const call = isOwn ? objectOf(written) : {};
  return {
    request: {
      ...extras(call, callFields),
      id,
      type: 'function',
      function: {
        ...extras(objectOf(call['function']), functionFields),
        name: nameForHistory(record.name),
        arguments: argumentsForHistory(record.rawArguments),
      },
    },
    answer: { role: 'tool', tool_call_id: id, content: answerText(answer, record) },
  };
}

/** Models call tools that do not exist, by names that no endpoint takes. */
function nameForHistory(name: string): string {
  const clean = name.replaceAll(/[^A-Za-z0-9_-]/g, '_').slice(0, 64);
  return clean === '' ? 'unnamed' : clean;
}

/**
 * What a message says, or null. Blank texts are refused as empty ones are. Parts that are no text, such as one
 * provider's thinking, are for the model that wrote them.
 */
function contentOf({ content, refusal }: JsonObject, isOwn: boolean): Json {
  if (typeof content === 'string' && content.trim() !== '') return content;
  if (Array.isArray(content)) {
    const parts = content
      .filter((part) => isOwn || typeof textOf(part) === 'string')
      .filter(saysSomething);
    const texts = parts.map(textOf);
    if (texts.some((text) => text === undefined)) return parts;
    if (texts.length > 0) return texts.join('');
  }
  return typeof refusal === 'string' && refusal.trim() !== '' ? refusal : null;
}

function saysSomething(part: Json): boolean {
  const text = textOf(part);
  if (text !== undefined) return text.trim() !== '';
  const { type } = objectOf(part);
  return typeof type === 'string' && type !== 'text';
}

/** The text of a text part; some endpoints write a part as a bare string, or leave its type out. */
function textOf(part: Json): string | undefined {
  if (typeof part === 'string') return part;
  const { type = 'text', text } = objectOf(part);
  return (type === 'text' || type === 'output_text') && typeof text === 'string' ? text : undefined;
}

/** The members that are not written anew, without those that hold nothing: some endpoints refuse them. */
function extras(value: JsonObject, without: ReadonlySet<string>): JsonObject {
  return Object.fromEntries(
    Object.entries(value).filter(
      ([key, member]) =>
        !without.has(key) && member !== null && !(Array.isArray(member) && member.length === 0),
    ),
  );
}

function objectOf(value: Json | undefined): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
}

/** How endpoints want the arguments of a call back: as the text of a JSON object, whatever the model wrote. */
function argumentsForHistory(written: string): string {
  const text = wellFormedText(written.trim());
  return isTextNestedDeeper(text, jsonDepthLimit) || !isObjectText(text) ? '{}' : text;
}

function isObjectText(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}
