type Schema = Record<string, unknown>;

const mostDepth = 6;

function asSchema(value: unknown): Schema {
  return typeof value === 'object' && value !== null ? (value as Schema) : {};
}

function firstType(schema: Schema): unknown {
  const type = schema['type'];
  if (Array.isArray(type)) return type.find((each) => each !== 'null') ?? type[0];
  if (type === undefined && 'properties' in schema) return 'object';
  return type;
}

function fitString(schema: Schema, text: string): string {
  const format = schema['format'];
  if (format === 'date-time') return '2026-01-01T00:00:00Z';
  if (format === 'date') return '2026-01-01';
  if (format === 'email') return 'someone@sandbox.example';
  if (format === 'uri') return 'https://sandbox.example/';
  const most = Number(schema['maxLength'] ?? text.length);
  return text.slice(0, most).padEnd(Number(schema['minLength'] ?? 0), '.');
}

function fitNumber(schema: Schema, text: string): number {
  const found = Number(/\d+/.exec(text)?.[0] ?? 1);
  const least = Number(schema['minimum'] ?? -Infinity);
  return Math.max(least, Math.min(Number(schema['maximum'] ?? Infinity), found));
}

function listedLines(text: string): string[] {
  const lines = text.split('\n').flatMap((line) => /^\d+\. (.+)$/.exec(line)?.[1] ?? []);
  return lines.length > 0 ? lines : [text];
}

/**
 * A value that fits a JSON schema and carries the answer's text: whole in strings, line by line in
 * arrays. It covers the keywords that structured outputs allow.
 */
export function jsonFor(schema: Schema, text: string, depth = 0): unknown {
  if ('const' in schema) return schema['const'];
  if (Array.isArray(schema['enum'])) {
    const options: unknown[] = schema['enum'];
    return (
      options.find((option) => text.toLowerCase().includes(String(option).toLowerCase())) ??
      options[0]
    );
  }
  for (const keyword of ['anyOf', 'oneOf', 'allOf']) {
    const [first] = Array.isArray(schema[keyword]) ? (schema[keyword] as unknown[]) : [];
    if (first !== undefined) return jsonFor(asSchema(first), text, depth + 1);
  }
  switch (firstType(schema)) {
    case 'object': {
      const properties = Object.entries(asSchema(schema['properties']));
      if (depth > mostDepth) return {};
      return Object.fromEntries(
        properties.map(([name, inner]) => [name, jsonFor(asSchema(inner), text, depth + 1)]),
      );
    }
    case 'array': {
      const most = Number(schema['maxItems'] ?? 25);
      const lines = listedLines(text).slice(0, most);
      const least = Number(schema['minItems'] ?? 0);
      while (lines.length < least) lines.push(lines.at(-1) ?? text);
      return lines.map((line) => jsonFor(asSchema(schema['items']), line, depth + 1));
    }
    case 'integer':
      return Math.round(fitNumber(schema, text));
    case 'number':
      return fitNumber(schema, text);
    case 'boolean':
      return !/\b(no|not|none|could not|error)\b/i.test(text);
    case 'null':
      return null;
    default:
      return fitString(schema, text);
  }
}
