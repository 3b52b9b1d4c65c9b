import {
  type Failure,
  isTextNestedDeeper,
  type Json,
  jsonDepthLimit,
  type JsonObject,
} from '@pawl/contracts';
import type { ModelReply } from '../domain/model.ts';
import { inexactNumber } from './json-text.ts';
import { meaningOf, textOfReply } from './reply-meaning.ts';

/** What a reply's text is beside the `response_format` that was asked for. */
export type AnswerCheck =
  /** Any text is an answer. */
  | { readonly kind: 'free' }
  /** The reply asks for calls, was refused or is not whole: there is nothing to check. */
  | { readonly kind: 'not_final' }
  | { readonly kind: 'fits'; readonly json: Json }
  | { readonly kind: 'misfit'; readonly problems: readonly string[] }
  /** The schema can't be used, or checking takes too long: the text is the answer, and nobody calls it `json`. */
  | { readonly kind: 'unchecked' };

/** What is known of a value beside a schema; `unchecked` where checking it was not possible within bounds. */
export type SchemaCheck = (
  schema: JsonObject,
  value: Json,
) => Promise<
  | { readonly kind: 'valid' | 'unchecked' }
  | {
      readonly kind: 'invalid';
      readonly problems: readonly { readonly path: string; readonly message: string }[];
    }
>;

export const responseFormatMismatch = 'response_format_mismatch';

/** Checks a final answer against the job's `response_format`. A Markdown fence around the JSON is let pass. */
export async function checkAnswer(
  format: JsonObject | undefined,
  reply: ModelReply,
  checkSchema: SchemaCheck,
): Promise<AnswerCheck> {
  if (format === undefined) return { kind: 'free' };
  if (meaningOf(reply) !== 'answer') return { kind: 'not_final' };
  const read = readJson(textOfReply(reply.message));
  if ('problem' in read) return { kind: 'misfit', problems: [read.problem] };
  const { json } = read;
  if (format['type'] === 'json_object') {
    return isJsonObject(json)
      ? { kind: 'fits', json }
      : { kind: 'misfit', problems: ['the answer must be a JSON object'] };
  }
  const schema = schemaOf(format);
  const verdict =
    schema === undefined ? ({ kind: 'unchecked' } as const) : await checkSchema(schema, json);
  switch (verdict.kind) {
    case 'valid':
      return { kind: 'fits', json };
    case 'unchecked':
      return { kind: 'unchecked' };
    case 'invalid':
      return { kind: 'misfit', problems: verdict.problems.map(describe) };
  }
}

const fence = '```';

/** The text within a Markdown fence that says `json` or nothing. Without an expression: on megabytes of blanks one takes hours. */
function withoutFence(text: string): string {
  const whole = text.trim();
  const begin = whole.indexOf('\n');
  if (begin === -1 || !whole.startsWith(fence) || !whole.endsWith(fence)) return text;
  const language = whole.slice(fence.length, begin).trim().toLowerCase();
  const isFenced = language === '' || language === 'json';
  return isFenced ? whole.slice(begin + 1, -fence.length) : text;
}

/** JSON in a text of the model, within the depth that can be stored and sent on. */
export function readJson(text: string): { readonly json: Json } | { readonly problem: string } {
  const bare = withoutFence(text);
  if (isTextNestedDeeper(bare, jsonDepthLimit)) {
    return { problem: `the answer must not be nested deeper than ${jsonDepthLimit} levels` };
  }
  let json: Json;
  try {
    json = JSON.parse(bare) as Json;
  } catch {
    return { problem: 'the answer must be JSON and nothing else' };
  }
  const number = inexactNumber(bare);
  return number === undefined
    ? { json }
    : { problem: `the number ${number.slice(0, 60)} would lose digits: write it as a string` };
}

/** What the model is told of an answer that does not fit. */
export function correctionOf(problems: readonly string[]): string {
  return (
    `Your answer does not fit the response format that was asked for: ${problems.join('; ')}. ` +
    'Answer again, with nothing but JSON that fits it.'
  );
}

export function mismatch(problems: readonly string[]): Failure {
  return {
    code: responseFormatMismatch,
    message: `The model's final answer does not fit response_format: ${problems.join('; ')}.`,
    retryable: true,
  };
}

function describe({ path, message }: { readonly path: string; readonly message: string }): string {
  return `${path === '' ? 'the answer' : path} ${message}`;
}

function schemaOf(format: JsonObject): JsonObject | undefined {
  const { json_schema: named } = format;
  const schema = isJsonObject(named) ? named['schema'] : undefined;
  return isJsonObject(schema) ? schema : undefined;
}

function isJsonObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
