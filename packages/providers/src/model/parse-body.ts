import { isTextNestedDeeper, jsonDepthLimit } from '@pawl/contracts';
import { finishReasonOf } from '@pawl/engine';

/** A JSON value read as an object: its members, or none where it isn't one. */
export function membersOf(value: unknown): Readonly<Record<string, unknown>> {
  return isObject(value) ? value : {};
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The text if it is one and says something. */
export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value.trim() !== '' ? value : undefined;
}

/** What no endpoint sends: a stream that says neither how it ends nor that it is whole was broken off. */
const brokenOff = 'stream broken off';

type Members = Readonly<Record<string, unknown>>;

/**
 * The completion that a stream's events add up to. An event that is a whole completion, or an error, stands for itself.
 *
 * @param isWhole the stream says that it has ended
 */
function joinChunks(events: readonly Members[], isWhole: boolean): Members {
  const failed = events.find(({ error }) => isObject(error) || typeof error === 'string');
  const whole = events.find((event) => 'message' in firstChoice(event));
  const usage = events.findLast((event) => isObject(event['usage']))?.['usage'];
  const told = usage === undefined ? {} : { usage };
  if (failed !== undefined) return { ...told, ...failed };
  if (whole !== undefined) return { ...told, ...whole };
  const [only] = events;
  if (events.length === 1 && only !== undefined && !('choices' in only)) return only;
  const pieces = events.flatMap(choicesIn);
  const ended = worstReason(pieces.map(reasonOf)) ?? (isWhole ? null : brokenOff);
  const choices = [...byIndex(pieces)].flatMap(([index, own]) => {
    const message = joinDeltas(own.map(({ delta }) => membersOf(delta)));
    const beside = besideDelta(own);
    const said = { ...(Object.keys(message).length > 0 && { message }), ...beside };
    if (Object.keys(said).length === 0) return [];
    return [{ index, ...said, finish_reason: worstReason(own.map(reasonOf)) ?? ended }];
  });
  return { ...events[0], ...told, choices };
}

/** What the pieces of a choice say outside of their deltas: an error, or the text of older endpoints. */
function besideDelta(pieces: readonly Members[]): Members {
  const error = pieces.map((piece) => piece['error']).find((each) => each !== undefined);
  const texts = pieces.flatMap(({ text }) => (typeof text === 'string' ? [text] : []));
  return {
    ...(error !== undefined && { error }),
    ...(texts.length > 0 && { text: texts.join('') }),
  };
}

function byIndex(pieces: readonly Members[]): Map<unknown, Members[]> {
  const choices = new Map<unknown, Members[]>();
  for (const piece of pieces) {
    const index = piece['index'] ?? 0;
    const known = choices.get(index);
    if (known === undefined) choices.set(index, [piece]);
    else known.push(piece);
  }
  return choices;
}

function reasonOf({ finish_reason: reason }: Members): unknown {
  return reason;
}

function choicesIn({ choices }: Members): Members[] {
  return Array.isArray(choices) ? choices.filter(isObject) : [];
}

/**
 * What several values of `finish_reason` say together: one that says that the reply is not whole counts more than one
 * that says that it has ended. Undefined where none says anything.
 */
export function worstReason(reasons: readonly unknown[]): unknown {
  const said = reasons.filter((reason) => !['', 'null'].includes((reason ?? '') as string));
  return said.find((reason) => !endsWell(reason)) ?? said.at(-1);
}

function endsWell(reason: unknown): boolean {
  return typeof reason === 'string' && ['stop', 'tool_calls'].includes(finishReasonOf(reason));
}

function firstChoice({ choices }: Members): Members {
  return Array.isArray(choices) ? membersOf(choices[0]) : {};
}

/**
 * Texts are continued, and lists are lengthened; of what else comes, the last says how it is. It changes what it
 * makes: a body can be tens of thousands of pieces, and copying each time what there is takes the square of that.
 */
function joinDeltas(deltas: readonly Members[]): Members {
  const joined = new Map<string, unknown>();
  const calls: JoinedCalls = { all: [], byIndex: new Map() };
  for (const delta of deltas) {
    for (const [name, value] of Object.entries(delta)) {
      if (value === null) {
        if (!joined.has(name)) joined.set(name, null);
        continue;
      }
      if (name === 'tool_calls' && Array.isArray(value))
        value.forEach((piece) => joinCall(calls, piece));
      else if (name === 'function_call') joined.set(name, joinFunction(joined.get(name), value));
      else joined.set(name, name === 'role' ? value : continued(joined.get(name), value));
    }
  }
  if (calls.all.length > 0) joined.set('tool_calls', calls.all);
  return Object.fromEntries(joined);
}

/** The calls of a message as they come in pieces. */
interface JoinedCalls {
  readonly all: Record<string, unknown>[];
  /** Which call goes on, by the `index` that its pieces carry. */
  readonly byIndex: Map<unknown, Record<string, unknown>>;
}

/** The pieces of a call carry its `index`; its id and its name come once. Without an index it is a whole call. */
function joinCall({ all, byIndex }: JoinedCalls, piece: unknown): void {
  const call = membersOf(piece);
  const index = call['index'] ?? Symbol('whole call');
  const known = byIndex.get(index);
  if (known === undefined || isAnother(known, call)) {
    // Only streams number the calls.
    const { index: _, ...begun } = call;
    all.push(begun);
    byIndex.set(index, begun);
  } else known['function'] = joinFunction(known['function'], call['function']);
}

/** Some endpoints give every call the same index: one with a name and with an id of its own is another one. */
function isAnother(known: Members, { id, function: called }: Members): boolean {
  const [before, now] = [textOf(known['id']), textOf(id)];
  const isNamed = textOf(membersOf(called)['name']) !== undefined;
  return isNamed && before !== undefined && now !== undefined && before !== now;
}

function joinFunction(before: unknown, piece: unknown): Members {
  const [known, more] = [membersOf(before), membersOf(piece)];
  return {
    name: known['name'] ?? more['name'],
    arguments: continued(known['arguments'] ?? undefined, more['arguments'] ?? undefined),
  };
}

function continued(before: unknown, more: unknown): unknown {
  if (typeof before === 'string' && typeof more === 'string') return before + more;
  if (!Array.isArray(before) || !Array.isArray(more)) return more ?? before;
  for (const item of more) before.push(item);
  return before;
}

/** What is around a message in a completion, in levels. */
const envelopeDepth = 8;

/** Deep JSON takes fifty times its length in memory: a longer one is not parsed to find out what it has cost. */
const deepCharacters = 1_000_000;

export type ParsedBody =
  | { readonly kind: 'json'; readonly value: unknown }
  /** Nested deeper than what can be stored and sent on. `value` is there to be asked what it has cost, at most. */
  | { readonly kind: 'deep'; readonly value?: unknown }
  | { readonly kind: 'unreadable' };

/**
 * The JSON of a 200, whatever its media type says and whatever stands around it: blanks that kept a connection open, a
 * byte order mark, the fields of an event stream, an array with one element, JSON within a JSON text.
 */
export function parseBody(text: string): ParsedBody {
  const isDeep = isTextNestedDeeper(text, jsonDepthLimit + envelopeDepth);
  if (isDeep && text.length > deepCharacters) return { kind: 'deep' };
  const value = unwrap(parse(text.trim()) ?? eventsIn(text) ?? objectIn(text));
  if (value === undefined) return { kind: 'unreadable' };
  return isDeep ? { kind: 'deep', value } : { kind: 'json', value };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * An endpoint that streams although nobody asked for it, or that has left a stream's fields around its answer.
 * Undefined where an event is broken: without it a text or arguments would say something else.
 */
function eventsIn(text: string): unknown {
  const lines = text
    .split(/\r\n|\n|\r/)
    .filter((line) => line.trimStart().startsWith('data:'))
    .map((line) => line.trimStart().slice('data:'.length).trim())
    .filter((line) => line !== '');
  const pieces = lines.filter((line) => line !== '[DONE]').map(parse);
  const events = pieces.filter(isObject);
  return events.length === 0 || pieces.includes(undefined)
    ? undefined
    : joinChunks(events, lines.at(-1) === '[DONE]');
}

/** The object from the first brace to the last one, where there is something else before or after it. */
function objectIn(text: string): unknown {
  const [start, end] = [text.indexOf('{'), text.lastIndexOf('}')];
  return start === -1 || end <= start ? undefined : parse(text.slice(start, end + 1));
}

function unwrap(value: unknown): unknown {
  if (typeof value === 'string') {
    const inner = parse(value.trim());
    return isObject(inner) ? inner : value;
  }
  return Array.isArray(value) && value.length === 1 && isObject(value[0]) ? value[0] : value;
}
