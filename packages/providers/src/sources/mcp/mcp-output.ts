import type { Json, JsonObject } from '@pawl/contracts';
import { isObject, membersOf, textOf } from '../../model/parse-body.ts';

/** The answer of `tools/call`, whatever a server has put in it. */
export interface McpResult {
  readonly content?: readonly unknown[] | undefined;
  readonly structuredContent?: unknown;
  readonly isError?: boolean | undefined;
}

/**
 * A result as JSON that a model can read. Structured content stands for the text beside it, which says the same. What is
 * binary is named with its type and size, since no model reads it here.
 */
export function outputOf({ content = [], structuredContent }: McpResult): Json {
  const parts = content.map(partOf);
  if (structuredContent !== undefined && structuredContent !== null) {
    const others = parts.filter((part) => typeof part !== 'string');
    const structured = structuredContent as Json;
    return others.length === 0 ? structured : { structured_content: structured, content: others };
  }
  const [only] = parts;
  if (parts.length === 0) return null;
  return parts.length === 1 && only !== undefined ? only : parts;
}

/** What a failed tool says. */
export function errorTextOf({ content = [], structuredContent }: McpResult): string {
  const texts = content.map(partOf).filter((part) => typeof part === 'string');
  const said = texts.join(' ').trim();
  if (said !== '') return said;
  return structuredContent === undefined
    ? 'no reason was given'
    : JSON.stringify(structuredContent);
}

function partOf(value: unknown): Json {
  const part = membersOf(value);
  switch (part['type']) {
    case 'text':
      return typeof part['text'] === 'string' ? part['text'] : '';
    case 'image':
    case 'audio':
      return { type: part['type'], ...binary(part['data'], part['mimeType']) };
    case 'resource':
      return { type: 'resource', ...resource(membersOf(part['resource'])) };
    case 'resource_link':
      return {
        type: 'resource_link',
        ...texts(part, ['uri', 'name', 'title', 'description', 'mimeType']),
      };
    default:
      return isObject(value) ? (value as JsonObject) : null;
  }
}

function resource(members: Readonly<Record<string, unknown>>): JsonObject {
  const named = texts(members, ['uri', 'mimeType']);
  if (typeof members['text'] === 'string') return { ...named, text: members['text'] };
  return { ...named, ...binary(members['blob'], undefined) };
}

function binary(base64: unknown, mimeType: unknown): JsonObject {
  const type = textOf(mimeType);
  return {
    ...(type === undefined ? {} : { mime_type: type }),
    bytes: typeof base64 === 'string' ? Buffer.byteLength(base64, 'base64') : 0,
    notice: 'This is binary and not shown.',
  };
}

const ownNames: Readonly<Record<string, string>> = { mimeType: 'mime_type' };

function texts(members: Readonly<Record<string, unknown>>, names: readonly string[]): JsonObject {
  return Object.fromEntries(
    names.flatMap((name) => {
      const text = textOf(members[name]);
      return text === undefined ? [] : [[ownNames[name] ?? name, text] as const];
    }),
  );
}
