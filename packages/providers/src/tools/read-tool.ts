import { isNestedDeeper, jsonDepthLimit, type JsonObject } from '@pawl/contracts';
import type { Tool } from '@pawl/engine';
import { isObject, textOf } from '../read-json.ts';
import { declaredEffect } from './declared-effect.ts';

/**
 * A tool as the listing describes it; undefined where it has no name and so can't be called, and where its schema is
 * nested so deeply that it can't be sent to a model.
 */
export function readTool(
  listed: { readonly definition?: JsonObject | undefined; readonly metadata?: unknown },
  connection: string,
): Tool | undefined {
  const { definition, metadata } = listed;
  const name = textOf(definition?.['name']);
  if (definition === undefined || name === undefined) return undefined;
  const schema = definition['input_schema'];
  if (isNestedDeeper(schema, jsonDepthLimit)) return undefined;
  const effect = declaredEffect(metadata, { annotations: definition['annotations'] });
  return {
    name,
    description: textOf(definition['description']) ?? '',
    inputSchema: isObject(schema) ? schema : { type: 'object', properties: {} },
    connection,
    ...(effect === undefined ? {} : { declaredEffect: effect }),
  };
}

/** Pages that overlap list a tool twice. */
export function withoutRepeated(tools: readonly Tool[]): Tool[] {
  const byName = new Map<string, Tool>();
  for (const tool of tools) if (!byName.has(tool.name)) byName.set(tool.name, tool);
  return [...byName.values()];
}
