import type { JsonObject, JsonValue } from '@bufbuild/protobuf';

/** Objects and arrays in turn, so many levels deep. */
export function deepJson(levels: number): JsonObject {
  let value: JsonValue = 'the innermost';
  for (let level = 1; level < levels; level += 1)
    value = level % 2 === 0 ? { inner: value } : [value];
  return { outermost: value };
}
