import type { JsonObject } from '@pawl/contracts';
import type { Tool } from '../ports.ts';
import { endpointSchema } from './endpoint-schema.ts';
import { objectOf, stringsOf } from './schema-parts.ts';
import { beginningOf, wellFormed } from './well-formed.ts';

/** OpenAI's longest description of a function. */
const longestDescription = 1_024;

/** What an endpoint is told of a tool, beside the name. */
export interface EndpointTool {
  readonly description: string;
  readonly parameters: JsonObject;
  /** The tool's own names of parameters whose names endpoints refuse, by those that the model sees. */
  readonly ownNames: ReadonlyMap<string, string>;
}

/** Lists of tools are cached, and so the same objects in many turns. */
const known = new WeakMap<Tool, EndpointTool | undefined>();

/** A tool as endpoints take it; undefined where its schema can't be written so. */
export function endpointTool(tool: Tool): EndpointTool | undefined {
  if (!known.has(tool)) known.set(tool, describeTool(tool));
  return known.get(tool);
}

/** The arguments that a model has given, by the tool's own names. */
export function ownArguments(tool: Tool, input: JsonObject): JsonObject {
  const ownNames = endpointTool(tool)?.ownNames;
  if (ownNames === undefined || ownNames.size === 0) return input;
  return Object.fromEntries(
    Object.entries(input).map(([name, value]) => [ownNames.get(name) ?? name, value]),
  );
}

function describeTool({ name, description, inputSchema }: Tool): EndpointTool | undefined {
  const schema = endpointSchema(inputSchema);
  if (schema === undefined) return undefined;
  // An empty one is refused by Bedrock.
  const said = description.trim() === '' ? name : description;
  const isLong = said.length > longestDescription;
  const { parameters, ownNames } = withPlainNames(schema);
  return {
    description: (isLong ? `${beginningOf(said, longestDescription - 1)}…` : said).toWellFormed(),
    parameters: wellFormed(parameters),
    ownNames,
  };
}

/** Anthropic's names of parameters; those of nested objects may be any. */
const plainName = /^[A-Za-z0-9_.-]{1,64}$/;

function withPlainNames(schema: JsonObject): Pick<EndpointTool, 'parameters' | 'ownNames'> {
  const properties = Object.entries(objectOf(schema['properties']));
  const taken = new Set(properties.map(([name]) => name).filter((name) => plainName.test(name)));
  const seenAs = new Map<string, string>();
  for (const [name] of properties) {
    if (plainName.test(name)) continue;
    const base = name.replaceAll(/[^A-Za-z0-9_.-]/g, '_').slice(0, 60) || '_';
    let plain = base;
    for (let count = 2; taken.has(plain); count += 1) plain = `${base}_${count}`;
    taken.add(plain);
    seenAs.set(name, plain);
  }
  if (seenAs.size === 0) return { parameters: schema, ownNames: new Map() };
  const required = stringsOf(schema['required']).map((name) => seenAs.get(name) ?? name);
  return {
    parameters: {
      ...schema,
      properties: Object.fromEntries(
        properties.map(([name, property]) => [seenAs.get(name) ?? name, property]),
      ),
      ...(required.length === 0 ? {} : { required }),
    },
    ownNames: new Map([...seenAs].map(([name, plain]) => [plain, name])),
  };
}
