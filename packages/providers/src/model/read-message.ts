import { isDeepStrictEqual } from 'node:util';
import type { JsonObject } from '@pawl/contracts';
import { saysSomething } from '@pawl/engine';
import { isObject, membersOf, textOf } from './parse-body.ts';

export type ReadMessage = { readonly message: JsonObject } | { readonly problem: string };

/**
 * Endpoints offer 128 tools at most: a reply with more calls than that has run wild. It is also what one commit can
 * surely hold.
 */
const mostCalls = 128;

/** Longer ids are not kept: the state of a job holds them, and every step reads it. */
const longestId = 4_096;

/** What endpoints let a tool be named. */
const longestName = 64;

/**
 * The assistant message of a choice in the one form that a history can hold: `content` is text or null, calls have a
 * name, arguments as text and an id of their own. What endpoints leave out, write otherwise or still have of older
 * forms of the API is put right where its meaning is plain; every other field stays as it came.
 */
export function readMessage(choice: unknown, newCallId: () => string): ReadMessage {
  const given = messageIn(membersOf(choice));
  if (given === undefined || !isAssistant(given['role'])) {
    return { problem: 'without an assistant message.' };
  }
  const { function_call: legacyCall, tool_calls: toolCalls, ...rest } = given;
  const list = listOfCalls(toolCalls);
  if (list !== undefined && list.length > mostCalls) {
    return { problem: `with more than ${mostCalls} tool calls.` };
  }
  const calls = list === undefined ? undefined : readCalls(list, legacyCall, newCallId);
  if (calls === undefined) return { problem: 'with tool calls that are malformed.' };
  const content = joinTexts(partsOf(given['content']).flatMap(textOfPart));
  const refusal =
    textOf(given['refusal']) ?? joinTexts(partsOf(given['content']).flatMap(refusalOfPart));
  const text = saysSomething(content) ? content : (refusal ?? content);
  return {
    message: {
      // It was parsed from JSON.
      ...(rest as JsonObject),
      role: 'assistant',
      content: text?.toWellFormed() ?? null,
      ...(refusal === undefined ? {} : { refusal: refusal.toWellFormed() }),
      ...(calls.length === 0 ? {} : { tool_calls: calls }),
    },
  };
}

/** `text` is how completions answered before there were chats. */
function messageIn(choice: Readonly<Record<string, unknown>>) {
  const { message, delta, text } = choice;
  const given = message ?? delta ?? text;
  if (typeof given === 'string') return { content: given };
  return isObject(given) ? given : undefined;
}

function isAssistant(role: unknown): boolean {
  return (role ?? '') === '' || role === 'assistant' || role === 'model';
}

function partsOf(content: unknown): unknown[] {
  if (Array.isArray(content)) return content;
  return content === undefined || content === null ? [] : [content];
}

/** Of the parts of a content, those of text are read; reasoning and what is not known is no answer. */
function textOfPart(part: unknown): string[] {
  if (typeof part === 'string') return [part];
  const { type, text } = membersOf(part);
  const isText = ['text', 'output_text', '', null, undefined].includes(type as string);
  return isText && typeof text === 'string' ? [text] : [];
}

function refusalOfPart(part: unknown): string[] {
  const { type, refusal } = membersOf(part);
  return type === 'refusal' && typeof refusal === 'string' ? [refusal] : [];
}

function joinTexts(texts: readonly string[]): string | undefined {
  return texts.length === 0 ? undefined : texts.join('');
}

/**
 * Undefined where a call can't be read: nobody could say what was asked for. A call that is listed twice, with the same
 * id, name and arguments, is one call; others of the same id are calls of their own.
 */
function readCalls(
  list: readonly unknown[],
  legacyCall: unknown,
  newCallId: () => string,
): JsonObject[] | undefined {
  const given = list.length === 0 && isObject(legacyCall) ? [legacyCall] : list;
  const known = new Map<string, JsonObject>();
  const calls: JsonObject[] = [];
  for (const each of given) {
    const call = readCall(each);
    if (call === undefined) return undefined;
    const own = idOf(call['id']);
    const namesake = own === undefined ? undefined : known.get(own);
    if (isDeepStrictEqual(namesake?.['function'], call['function'])) continue;
    const id = own === undefined || namesake !== undefined ? newCallId() : own;
    known.set(id, call);
    calls.push({ ...call, id });
  }
  return calls;
}

function listOfCalls(toolCalls: unknown): unknown[] | undefined {
  if (toolCalls === undefined || toolCalls === null || toolCalls === '') return [];
  if (Array.isArray(toolCalls)) return toolCalls.filter((call) => call !== null);
  if (!isObject(toolCalls)) return undefined;
  return 'function' in toolCalls || 'name' in toolCalls ? [toolCalls] : Object.values(toolCalls);
}

function idOf(id: unknown): string | undefined {
  if (typeof id === 'number') return String(id);
  const text = textOf(id);
  return text === undefined || text.length > longestId ? undefined : text.toWellFormed();
}

/** What `readCall` puts into one form. */
const readMembers = new Set(['function', 'custom', 'name', 'arguments', 'parameters', 'input']);

function readCall(call: unknown): JsonObject | undefined {
  if (!isObject(call)) return undefined;
  const { function: named, custom } = call;
  const rest = Object.entries(call).filter(([member]) => !readMembers.has(member));
  const inner = isObject(named) ? named : isObject(custom) ? custom : call;
  const name = textOf(inner['name'])?.trim();
  if (name === undefined) return undefined;
  const input = inner['arguments'] ?? inner['parameters'] ?? inner['input'];
  return {
    ...(Object.fromEntries(rest) as JsonObject),
    type: 'function',
    function: { name: speakableName(name), arguments: argumentsText(input) },
  };
}

/** A name that no tool can have would make an endpoint refuse the history: the model is told that there is no such tool. */
function speakableName(name: string): string {
  return name.replaceAll(/[^A-Za-z0-9_-]/g, '_').slice(0, longestName);
}

/** Arguments are JSON within a text. Some endpoints send the object itself, or the text in a text, or say nothing. */
function argumentsText(input: unknown): string {
  if (input === undefined || input === null) return '';
  if (typeof input !== 'string') return JSON.stringify(input, withoutInfinity);
  const text = input.trim();
  if (text === 'null' || text === 'undefined') return '';
  const inner = text.startsWith('"') ? parsedText(text) : undefined;
  return inner?.trimStart().startsWith('{') === true ? inner : input;
}

/** JSON has no infinity, which 1e400 is read as: written as null it would be another argument. So it is refused later. */
function withoutInfinity(_name: string, value: unknown): unknown {
  if (value === Infinity) return Number.MAX_VALUE;
  return value === -Infinity ? -Number.MAX_VALUE : value;
}

function parsedText(text: string): string | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'string' ? value : undefined;
  } catch {
    return undefined;
  }
}
