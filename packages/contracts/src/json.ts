import { z } from 'zod';

export type Json = z.core.util.JSONType;
export interface JsonObject {
  [key: string]: Json;
}

/**
 * Any JSON value, and any that is an object. What is checked has been through `JSON.parse`, so its inner values are JSON
 * by construction: looking at each of them would cost ten times what reading them did.
 */
export const Json = z.custom<Json>((value) => value !== undefined, 'must be a JSON value');
export const JsonObject = z.custom<JsonObject>(
  (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
  'must be a JSON object',
);

/**
 * How deep JSON from outside may be nested: `{}` and `[]` are one level, `1` is none. Reading, writing and comparing
 * JSON is recursive nearly everywhere: some thousand levels end it with a stack overflow.
 */
export const jsonDepthLimit = 64;

/**
 * The same for the arguments of tool calls. They travel as protobuf, where each level is two messages, and readers of
 * protobuf commonly stop at 100.
 */
export const argumentsDepthLimit = 40;

/** Whether a parsed JSON value is nested deeper than the limit. Works without recursion, on any depth. */
export function isNestedDeeper(value: unknown, limit: number): boolean {
  const left: { readonly value: unknown; readonly depth: number }[] = [{ value, depth: 1 }];
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    const { value: outer, depth } = next;
    if (typeof outer !== 'object' || outer === null) continue;
    if (depth > limit) return true;
    for (const inner of Array.isArray(outer) ? outer : Object.values(outer)) {
      if (typeof inner === 'object' && inner !== null)
        left.push({ value: inner, depth: depth + 1 });
    }
  }
  return false;
}

const quote = 0x22;
const backslash = 0x5c;
const opening = new Set([0x5b, 0x7b]);
const closing = new Set([0x5d, 0x7d]);

/**
 * Whether a JSON text is nested deeper than the limit, told before it is parsed: a deep one takes fifty times its length
 * in memory. Says nothing about whether the text is valid.
 */
export function isTextNestedDeeper(text: string, limit: number): boolean {
  let depth = 0;
  let inString = false;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (inString) {
      if (code === backslash) at += 1;
      else if (code === quote) inString = false;
    } else if (code === quote) inString = true;
    else if (opening.has(code)) {
      depth += 1;
      if (depth > limit) return true;
    } else if (closing.has(code)) depth -= 1;
  }
  return false;
}
