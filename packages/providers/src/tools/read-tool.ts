import {
  isNestedDeeper,
  type Json,
  jsonDepthLimit,
  type JsonObject,
  type ToolEffect,
} from '@pawl/contracts';
import type { Tool } from '@pawl/engine';
import { cut } from '../clean-text.ts';
import { isObject, membersOf, textOf } from '../model/parse-body.ts';

/** Characters of JSON that a tool's schema may have: endpoints take far less. */
const mostSchemaCharacters = 100_000;
const mostDescriptionCharacters = 8_000;

/** Stands for a schema that is too large or too deep to be looked at. It allows no arguments: such a tool is left out. */
const unusableSchema: JsonObject = { type: 'null' };

/** A tool as the listing describes it; undefined where it has no name and so can't be called. */
export function readTool(
  listed: { readonly definition?: JsonObject | undefined; readonly metadata?: unknown },
  connection: string,
): Tool | undefined {
  const { definition, metadata } = listed;
  const name = textOf(definition?.['name']);
  if (definition === undefined || name === undefined) return undefined;
  const schema = definition['input_schema'];
  const effect = declaredEffect(metadata, { annotations: definition['annotations'] });
  return {
    name,
    description: cut(textOf(definition['description']) ?? '', mostDescriptionCharacters),
    inputSchema: readSchema(schema),
    connection,
    ...(effect === undefined ? {} : { declaredEffect: effect }),
  };
}

function readSchema(schema: Json | undefined): JsonObject {
  if (!isObject(schema)) return { type: 'object', properties: {} };
  if (isNestedDeeper(schema, jsonDepthLimit)) return unusableSchema;
  return JSON.stringify(schema).length > mostSchemaCharacters ? unusableSchema : schema;
}

/** Pages that overlap list a tool twice. */
export function withoutRepeated(tools: readonly Tool[]): Tool[] {
  const byName = new Map<string, Tool>();
  for (const tool of tools) if (!byName.has(tool.name)) byName.set(tool.name, tool);
  return [...byName.values()];
}

/**
 * What a tool's metadata says of its effect, by MCP's hints (`readOnlyHint`, `idempotentHint`, `destructiveHint`), at
 * the top or under `annotations`. Undefined where it says nothing; where it contradicts itself the tool writes, since
 * only that is safe.
 */
export function declaredEffect(...sources: readonly unknown[]): ToolEffect | undefined {
  const hints = sources.flatMap((source) => [
    membersOf(source),
    membersOf(membersOf(source)['annotations']),
  ]);
  const says = (name: string, value: boolean) => hints.some((each) => each[name] === value);
  const readsOnly = says('readOnlyHint', true);
  const changes = says('readOnlyHint', false) || says('destructiveHint', true);
  if (readsOnly) return changes ? 'writes' : 'reads';
  if (says('idempotentHint', true) && !says('idempotentHint', false)) return 'idempotent';
  return changes ? 'writes' : undefined;
}
