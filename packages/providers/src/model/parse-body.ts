import { isTextNestedDeeper, jsonDepthLimit } from '@pawl/contracts';

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

/** What no endpoint sends: a stream that does not say how it ends was broken off. */
const brokenOff = 'stream broken off';

type Members = Readonly<Record<string, unknown>>;

/**
 * The completion that a stream's events add up to. An event that is a whole completion, or an error, stands for itself.
 */
function joinChunks(events: readonly Members[]): Members {
  const failed = events.find(({ error }) => isObject(error) || typeof error === 'string');
  const whole = events.find((event) => 'message' in firstChoice(event));
  const usage = events.findLast((event) => isObject(event['usage']))?.['usage'];
  const told = usage === undefined ? {} : { usage };
  if (failed !== undefined) return { ...told, ...failed };
  if (whole !== undefined) return { ...told, ...whole };
  const choices = events.map(firstChoice);
  const finishReason = choices.findLast(({ finish_reason: reason }) => (reason ?? '') !== '')?.[
    'finish_reason'
  ];
  const message = joinDeltas(choices.map(({ delta }) => membersOf(delta)));
  return {
    ...events[0],
    ...told,
    choices:
      Object.keys(message).length === 0
        ? []
        : [{ index: 0, message, finish_reason: finishReason ?? brokenOff }],
  };
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
  const calls = new Map<unknown, Record<string, unknown>>();
  for (const delta of deltas) {
    for (const [name, value] of Object.entries(delta)) {
      if (value === null) continue;
      if (name === 'tool_calls' && Array.isArray(value))
        value.forEach((piece) => joinCall(calls, piece));
      else if (name === 'function_call') joined.set(name, joinFunction(joined.get(name), value));
      else joined.set(name, name === 'role' ? value : continued(joined.get(name), value));
    }
  }
  if (calls.size > 0) joined.set('tool_calls', [...calls.values()]);
  return Object.fromEntries(joined);
}

/** The pieces of a call carry its `index`; its id and its name come once. */
function joinCall(calls: Map<unknown, Record<string, unknown>>, piece: unknown): void {
  const call = membersOf(piece);
  // Without an index it is a whole call.
  const place = call['index'] ?? Symbol('whole call');
  const known = calls.get(place);
  if (known === undefined) calls.set(place, { ...call });
  else known['function'] = joinFunction(known['function'], call['function']);
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

/** An endpoint that streams although nobody asked for it, or that has left a stream's fields around its answer. */
function eventsIn(text: string): unknown {
  const events = text
    .split(/\r\n|\n|\r/)
    .filter((line) => line.trimStart().startsWith('data:'))
    .map((line) => parse(line.trimStart().slice('data:'.length).trim()))
    .filter(isObject);
  return events.length === 0 ? undefined : joinChunks(events);
}

/** The object from the first brace to the last one, where something else stands before or behind it. */
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
