import { Ajv } from 'ajv';
import { createBoundedMap } from '../server/bounded.ts';
import type { ChatTool } from './chat-request.ts';
import { invalidRequest } from './model-error.ts';

const mostTools = 128;
const namePattern = /^[a-zA-Z0-9_-]{1,64}$/;

const ajv = new Ajv({ strict: false });
/** Schemas that were found well-formed: clients send the same ones with every request. */
const wellFormed = createBoundedMap<true>(2_000);

function arrayWithoutItems(schema: unknown, path: string): string | undefined {
  if (Array.isArray(schema)) {
    return firstProblem(
      schema.map((each, index) => [String(index), each]),
      path,
    );
  }
  if (typeof schema !== 'object' || schema === null) return undefined;
  if ('type' in schema && schema.type === 'array' && !('items' in schema)) return path;
  return firstProblem(Object.entries(schema), path);
}

function firstProblem(entries: [string, unknown][], path: string): string | undefined {
  for (const [key, value] of entries) {
    const problem = arrayWithoutItems(value, `${path}/${key}`);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

/** What is wrong with a function's parameters, if anything is. */
function schemaProblem(parameters: Record<string, unknown>): string | undefined {
  if (parameters['type'] !== 'object') return 'schema must have type "object"';
  if (ajv.validateSchema(parameters) !== true) return ajv.errorsText(ajv.errors);
  const path = arrayWithoutItems(parameters['properties'] ?? {}, '');
  return path === undefined ? undefined : `array schema missing items at ${path}`;
}

function checkSchema(tool: ChatTool['function'], param: string): void {
  const { parameters } = tool;
  if (parameters === undefined) return;
  const key = JSON.stringify(parameters);
  if (wellFormed.get(key)) return;
  const problem = schemaProblem(parameters);
  if (problem !== undefined) {
    throw invalidRequest(
      `Invalid schema for function '${tool.name}': ${problem}`,
      `${param}.function.parameters`,
      'invalid_function_parameters',
    );
  }
  wellFormed.set(key, true);
}

/** At most 128 tools, each name valid and unique, each schema well-formed. Throws `ModelError`. */
export function checkTools(tools: readonly ChatTool[]): void {
  if (tools.length > mostTools) {
    throw invalidRequest(
      `Invalid 'tools': array too long. Expected an array with maximum length ${mostTools}, but got an array with length ${tools.length} instead.`,
      'tools',
      'array_above_max_length',
    );
  }
  const names = new Set<string>();
  for (const [index, { function: tool }] of tools.entries()) {
    const param = `tools[${index}]`;
    if (!namePattern.test(tool.name)) {
      throw invalidRequest(
        `Invalid '${param}.function.name': '${tool.name}' does not match ${namePattern.source}`,
        `${param}.function.name`,
      );
    }
    if (names.has(tool.name)) {
      throw invalidRequest(`Tool names must be unique: ${tool.name} is there twice`, param);
    }
    names.add(tool.name);
    checkSchema(tool, param);
  }
}
