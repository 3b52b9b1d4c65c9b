import type { JsonObject, JsonValue } from '@bufbuild/protobuf';
import { Code } from '@connectrpc/connect';
import type { AccountData } from './account-data.ts';

/** Arguments that fit the tool's schema. */
export type ToolArguments = JsonObject;

/** One tool: it may change `data`, returns what the provider would answer, and throws `ToolFailure`. */
export type ToolFunction = (input: ToolArguments, data: AccountData) => JsonObject;

export type ToolTable = Readonly<Record<string, ToolFunction>>;

/** A tool's own refusal (no such message, no such repository), as its provider would answer. */
export class ToolFailure extends Error {
  readonly code: Code;
  readonly toolErrorCode: string;

  constructor(code: Code, toolErrorCode: string, message: string) {
    super(message);
    this.name = 'ToolFailure';
    this.code = code;
    this.toolErrorCode = toolErrorCode;
  }
}

/** The text at a path of names; empty if there is none. */
export function text(from: JsonValue | undefined, ...path: string[]): string {
  const found = path.reduce<JsonValue | undefined>(
    (value, name) => (isObject(value) ? value[name] : undefined),
    from,
  );
  return typeof found === 'string' ? found : '';
}

export function count(input: ToolArguments, name: string, fallback: number): number {
  const value = input[name];
  return typeof value === 'number' && value > 0 ? Math.floor(value) : fallback;
}

/** A list of texts, or of what each object of a list has under `inner`. */
export function texts(from: JsonObject, name: string, inner?: string): string[] {
  const value = from[name];
  if (!Array.isArray(value)) return [];
  return value.map((each) => (inner === undefined ? text(each) : text(each, inner)));
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Compares names as the providers do: without regard to case. */
export function isSame(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

/** The first record that fits. Throws `ToolFailure` with this code and sentence where there is none. */
export function find(
  records: readonly JsonObject[],
  fits: (record: JsonObject) => boolean,
  sentence: string,
  toolErrorCode = 'NOT_FOUND',
): JsonObject {
  const found = records.find(fits);
  if (found === undefined) throw new ToolFailure(Code.NotFound, toolErrorCode, sentence);
  return found;
}

/** Part of a list, and the place where the next part begins, if there is one. */
export function pageOf(records: readonly JsonObject[], start: number, size: number) {
  const end = start + size;
  const next = end < records.length ? String(end) : undefined;
  return { items: records.slice(start, end), next };
}

const mostRecords = 2_000;

/** Puts a record first, as the newest. Above 2,000 the oldest goes: what tools write stays in bounds. */
export function addNewest(records: JsonObject[], record: JsonObject): JsonObject {
  records.unshift(record);
  records.splice(mostRecords);
  return record;
}

/** Takes all that fit out of a list. */
export function removeWhere(records: JsonObject[], fits: (record: JsonObject) => boolean): void {
  const kept = records.filter((record) => !fits(record));
  records.splice(0, records.length, ...kept);
}
