import type { JsonObject } from '@bufbuild/protobuf';

/** Arguments that fit the tool's schema. */
export type ToolArguments = JsonObject;

/** What one tool works on: one account's data, and the clock in milliseconds. */
export interface ToolContext<Data> {
  readonly data: Data;
  readonly now: number;
  readonly identifier: string;
}

/** One tool: it may change `data`, returns what the provider would answer, and throws `ToolFailure`. */
type ToolFunction<Data> = (input: ToolArguments, context: ToolContext<Data>) => JsonObject;

export type ToolTable<Data> = Record<string, ToolFunction<Data>>;

export function text(input: ToolArguments, name: string): string {
  const value = input[name];
  return typeof value === 'string' ? value : '';
}

export function count(input: ToolArguments, name: string, fallback: number): number {
  const value = input[name];
  return typeof value === 'number' && value > 0 ? Math.floor(value) : fallback;
}

export function texts(input: ToolArguments, name: string): string[] {
  const value = input[name];
  return Array.isArray(value) ? value.map(String) : [];
}
