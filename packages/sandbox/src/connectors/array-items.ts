import type { JsonSchema } from './catalogue.ts';

const OBJECT_ITEMS = new Set(['attachments', 'blocks', 'comments', 'files', 'tree']);

/** The schema of an array parameter's elements: identifiers and names unless the API takes objects. */
export function itemsOf(toolName: string, parameterName: string): JsonSchema {
  if (parameterName === 'team_ids') return { type: 'integer' };
  if (OBJECT_ITEMS.has(parameterName)) return { type: 'object' };
  if (toolName === 'github_environment_create_update') return { type: 'object' };
  return { type: 'string' };
}
