import type { JsonObject } from '@bufbuild/protobuf';
import type { Code } from '@connectrpc/connect';

/** Arguments that fit the tool's schema. */
export type ToolArguments = JsonObject;

/** What one tool works on: one account's data, and the clock in milliseconds. */
export interface ToolContext<Data> {
  readonly data: Data;
  readonly now: number;
  readonly identifier: string;
}

/** One tool: it may change `data`, returns what the provider would answer, and throws `ToolFailure`. */
export type ToolFunction<Data> = (input: ToolArguments, context: ToolContext<Data>) => JsonObject;

/** Makes tools that work on what `find` finds by their arguments. */
export function toolsOn<Data, Thing>(find: (data: Data, input: ToolArguments) => Thing) {
  return (
    run: (thing: Thing, input: ToolArguments, context: ToolContext<Data>) => JsonObject,
  ): ToolFunction<Data> =>
    (input, context) =>
      run(find(context.data, input), input, context);
}

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

const most = 2_000;

/** Keeps what tools write in bounds: above 2,000 the oldest goes. */
export function keepNewest(list: unknown[]): void {
  if (list.length > most) list.splice(0, list.length - most);
}
