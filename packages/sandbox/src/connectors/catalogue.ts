import { readFileSync } from 'node:fs';
import { describeParameter, describeTool } from './describe-tool.ts';
import { itemsOf } from './array-items.ts';
import { toolWrites } from './tool-effect.ts';

export type JsonSchema = { [keyword: string]: unknown };

type ParametersSchema = {
  type: 'object';
  properties: Record<string, JsonSchema>;
  required: string[];
  additionalProperties: false;
};

export type CatalogueTool = {
  name: string;
  /** `gmail`, `github` or `slack` */
  connector: string;
  description: string;
  parameters: ParametersSchema;
  /** whether a call of it counts as an effect */
  writes: boolean;
};

export type Catalogue = {
  connectors: readonly string[];
  toolsOf(connector: string): readonly CatalogueTool[];
  find(toolName: string): CatalogueTool | undefined;
};

/** One parameter in the data file: `name`, `name!` (required), `name:integer`, `name!:array`. */
function parseParameter(text: string) {
  const [head = '', type = 'string'] = text.split(':');
  return { name: head.replace('!', ''), required: head.endsWith('!'), type };
}

function buildTool(connector: string, name: string, signature: string): CatalogueTool {
  const parameters = signature.split(' ').filter(Boolean).map(parseParameter);
  const properties = Object.fromEntries(
    parameters.map((parameter) => [
      parameter.name,
      {
        type: parameter.type,
        description: describeParameter(connector, parameter.name),
        ...(parameter.type === 'array' ? { items: itemsOf(name, parameter.name) } : {}),
      },
    ]),
  );
  const required = parameters.filter((each) => each.required).map((each) => each.name);
  return {
    name,
    connector,
    description: describeTool(connector, name),
    parameters: { type: 'object', properties, required, additionalProperties: false },
    writes: toolWrites(connector, name),
  };
}

/** Reads the names and parameters in `data/connectors.json` and describes each tool. */
export function loadCatalogue(): Catalogue {
  const file = new URL('../../data/connectors.json', import.meta.url);
  const data = JSON.parse(readFileSync(file, 'utf8')) as Record<string, Record<string, string>>;
  const byConnector = new Map(
    Object.entries(data).map(([connector, tools]) => [
      connector,
      Object.entries(tools).map(([name, signature]) => buildTool(connector, name, signature)),
    ]),
  );
  const byName = new Map([...byConnector.values()].flat().map((tool) => [tool.name, tool]));
  return {
    connectors: [...byConnector.keys()],
    toolsOf: (connector) => byConnector.get(connector) ?? [],
    find: (toolName) => byName.get(toolName),
  };
}
