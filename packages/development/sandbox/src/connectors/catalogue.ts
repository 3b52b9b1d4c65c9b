import { Ajv, type ValidateFunction } from 'ajv';
import { readData } from '../tools/read-data.ts';

type JsonSchema = { [keyword: string]: unknown };

type ParametersSchema = {
  type: 'object';
  properties: Record<string, JsonSchema>;
  required: string[];
  additionalProperties: false;
};

export interface CatalogueTool {
  readonly name: string;
  /** `gmail`, `github` or `slack`. */
  readonly connector: string;
  readonly description: string;
  readonly parameters: ParametersSchema;
  /** Whether a call of it counts as an effect. */
  readonly writes: boolean;
}

export interface Catalogue {
  readonly connectors: readonly string[];
  toolsOf(connector: string): readonly CatalogueTool[];
  find(toolName: string): CatalogueTool | undefined;
}

/** `data/connectors.json`. Parameters: `name`, `name!` (required), `name:integer`, `name!:string[]`. */
interface ConnectorData {
  readonly connectors: Record<string, Record<string, { description: string; parameters: string }>>;
  /** By parameter name: of one connector, or `common` to all. */
  readonly parameterDescriptions: Record<string, Record<string, string>>;
}

/** Reads the tools in `data/connectors.json`. */
export function loadCatalogue(): Catalogue {
  const data = readData('connectors.json') as ConnectorData;
  const byConnector = new Map(
    Object.keys(data.connectors).map((connector) => [connector, toolsOf(data, connector)]),
  );
  const byName = new Map([...byConnector.values()].flat().map((tool) => [tool.name, tool]));
  return {
    connectors: [...byConnector.keys()],
    toolsOf: (connector) => byConnector.get(connector) ?? [],
    find: (toolName) => byName.get(toolName),
  };
}

function toolsOf(data: ConnectorData, connector: string): CatalogueTool[] {
  const descriptions = {
    ...data.parameterDescriptions['common'],
    ...data.parameterDescriptions[connector],
  };
  return Object.entries(data.connectors[connector] ?? {}).map(([name, tool]) => {
    const parameters = tool.parameters.split(' ').filter(Boolean).map(readParameter);
    const properties = parameters.map((parameter): [string, JsonSchema] => [
      parameter.name,
      {
        ...parameter.schema,
        description: descriptions[parameter.name] ?? asPhrase(parameter.name),
      },
    ]);
    return {
      name,
      connector,
      description: tool.description,
      parameters: {
        type: 'object',
        properties: Object.fromEntries(properties),
        required: parameters.filter((each) => each.required).map((each) => each.name),
        additionalProperties: false,
      },
      writes: toolWrites(connector, name),
    };
  });
}

function readParameter(text: string): { name: string; required: boolean; schema: JsonSchema } {
  const [head = '', type = 'string'] = text.split(':');
  return {
    name: head.replace('!', ''),
    required: head.endsWith('!'),
    schema: type.endsWith('[]') ? { type: 'array', items: { type: type.slice(0, -2) } } : { type },
  };
}

/** `reply_to_address`: "Reply to address". */
function asPhrase(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1).replaceAll('_', ' ');
}

const readingWords = new Set(['get', 'list', 'fetch', 'search', 'compare', 'lookup', 'test']);

/**
 * Whether a call of the tool changes something. It knows only the sandbox's own catalogue:
 * a product that calls tools must not take its safety from here.
 */
export function toolWrites(connector: string, name: string): boolean {
  const words = name.slice(connector.length + 1).split('_');
  return !(words.some((word) => readingWords.has(word)) || words.at(-1) === 'check');
}

/** Checks arguments against their tool's schema; says what does not fit, or undefined. */
export type ArgumentValidator = (tool: CatalogueTool, input: unknown) => string | undefined;

export function createArgumentValidator(): ArgumentValidator {
  const ajv = new Ajv({ allErrors: true });
  const compiled = new Map<string, ValidateFunction>();
  return (tool, input) => {
    const validate = compiled.get(tool.name) ?? ajv.compile(tool.parameters);
    compiled.set(tool.name, validate);
    if (validate(input)) return undefined;
    return ajv.errorsText(validate.errors, { dataVar: 'arguments' });
  };
}
