import type { JsonObject } from '@pawl/contracts';
import { wellFormedText } from './well-formed.ts';

/** Endpoints parse arguments with parsers of bounded depth: serde's is 128. */
const deepest = 64;

/** How endpoints want the arguments of a call back: as the text of a JSON object, whatever the model wrote. */
export function argumentsForHistory(written: string): string {
  const text = wellFormedText(written.trim());
  const value = parse(text);
  return isObject(value) && isShallow(value) ? text : '{}';
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Level by level, since what is too deep is too deep for recursion. */
function isShallow(value: unknown): boolean {
  let level = [value];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > deepest) return false;
    level = level
      .filter((inner) => typeof inner === 'object' && inner !== null)
      .flatMap((inner): unknown[] => Object.values(inner));
  }
  return true;
}
