import { isTextNestedDeeper, jsonDepthLimit } from '@pawl/contracts';
import { isObject } from '../read-json.ts';
import { joinChunks } from './join-chunks.ts';

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
