import type { JsonObject } from '@pawl/contracts';
import type { Tool } from '../ports.ts';
import { endpointSchema } from './endpoint-schema.ts';
import { beginningOf, wellFormed } from './well-formed.ts';

/** OpenAI's longest description of a function. */
const longestDescription = 1_024;

/** What an endpoint is told of a tool, beside the name. */
export interface EndpointTool {
  readonly description: string;
  readonly parameters: JsonObject;
}

/** Lists of tools are cached, and so the same objects in many turns. */
const known = new WeakMap<Tool, EndpointTool | undefined>();

/** A tool as endpoints take it; undefined where its schema can't be written so. */
export function endpointTool(tool: Tool): EndpointTool | undefined {
  if (!known.has(tool)) known.set(tool, describeTool(tool));
  return known.get(tool);
}

function describeTool({ name, description, inputSchema }: Tool): EndpointTool | undefined {
  const parameters = endpointSchema(inputSchema);
  if (parameters === undefined) return undefined;
  // An empty one is refused by Bedrock.
  const said = description.trim() === '' ? name : description;
  const isLong = said.length > longestDescription;
  return wellFormed({
    description: isLong ? `${beginningOf(said, longestDescription - 1)}…` : said,
    parameters,
  });
}
