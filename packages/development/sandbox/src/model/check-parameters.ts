import type { EndpointRules } from './endpoint-rules.ts';

/** What no root of a function's parameters may be made of (OpenAI's words). */
const notAtRoot = ['oneOf', 'anyOf', 'allOf', 'enum', 'not'];

/** The fields of Gemini's schemas; any other is "Unknown name: Cannot find field". */
const plainKeywords = new Set(
  (
    'type format title description nullable enum items minItems maxItems properties required ' +
    'minProperties maxProperties minLength maxLength minimum maximum anyOf default example ' +
    'propertyOrdering'
  ).split(' '),
);

/** What is wrong with a function's parameters under these rules, if anything is. */
export function schemaProblem(
  parameters: Record<string, unknown> | undefined,
  rules: EndpointRules,
): string | undefined {
  if (rules.objectParameters) {
    if (parameters?.['type'] !== 'object') {
      return `schema must be a JSON Schema of 'type: "object"', got 'type: ${JSON.stringify(parameters?.['type'] ?? null)}'.`;
    }
    if (!isObject(parameters['properties'])) return 'object schema missing properties';
    if (Object.keys(parameters['properties']).some((key) => !/^[a-zA-Z0-9_.-]{1,64}$/.test(key))) {
      return "properties: Property keys should match pattern '^[a-zA-Z0-9_.-]{1,64}$'";
    }
    if (notAtRoot.some((keyword) => keyword in parameters)) {
      return "schema must have type 'object' and not have 'oneOf'/'anyOf'/'allOf'/'enum'/'not' at the top level.";
    }
  }
  return rules.plainSchemas && parameters !== undefined ? notPlain(parameters, '') : undefined;
}

function notPlain(schema: unknown, path: string): string | undefined {
  if (!isObject(schema)) return `Invalid value at ${path || 'the root'}`;
  const unknown = Object.keys(schema).find((keyword) => !plainKeywords.has(keyword));
  if (unknown !== undefined) return `Unknown name "${unknown}" at '${path}': Cannot find field.`;
  const { type, format, enum: values, required, properties, items, anyOf } = schema;
  if (Array.isArray(type)) return `Proto field is not repeating, cannot start list at ${path}`;
  if (type === 'array' && items === undefined) return `${path}.items: missing field`;
  if (type === 'string' && typeof format === 'string' && !['enum', 'date-time'].includes(format)) {
    return `${path}: only 'enum' and 'date-time' are supported for STRING type`;
  }
  if (
    Array.isArray(values) &&
    (type !== 'string' || values.some((value) => value === '' || typeof value !== 'string'))
  ) {
    return `${path}.enum: only allowed for STRING type, and cannot be empty`;
  }
  const names = isObject(properties) ? Object.keys(properties) : [];
  if (Array.isArray(required) && required.some((name) => !names.includes(String(name)))) {
    return `${path}.required: property is not defined`;
  }
  const inner = [
    ...(isObject(properties) ? Object.entries(properties) : []),
    ...(items === undefined ? [] : [['items', items] as const]),
    ...(Array.isArray(anyOf) ? anyOf.map((each, index) => [`anyOf[${index}]`, each] as const) : []),
  ];
  for (const [name, each] of inner) {
    const problem = notPlain(each, `${path}.${name}`);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
