import { JsonObject, Problem, problems, type ProblemCode } from '@pawl/contracts';
import { z } from 'zod';
import { commonProblems, type Named, type Operation } from './operation.ts';
import { operations } from './operations.ts';

type Document = Record<string, unknown>;

/** The OpenAPI 3.1 document of the API, made of the table of operations and the schemas that the routes check with. */
export function createOpenApiDocument(): Document {
  const paths: Record<string, Document> = {};
  for (const [name, operation] of Object.entries<Operation>(operations)) {
    paths[operation.path] = {
      ...paths[operation.path],
      [operation.method]: { operationId: name, ...describeOperation(operation) },
    };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Pawl',
      version: '1',
      description: 'LLM agents that work in the background for your users.',
    },
    security: [{ apiKey: [] }],
    paths,
    components: {
      securitySchemes: { apiKey: { type: 'http', scheme: 'bearer' } },
      schemas: { ...schemasOf('input'), ...schemasOf('output') },
    },
  };
}

function describeOperation(operation: Operation): Document {
  const { tag, summary, scope, isOperators, body } = operation;
  const whose = isOperators === true ? ', of the default tenant' : '';
  return {
    tags: [tag],
    summary,
    description: `Needs a key with the scope \`${scope}\`${whose}.`,
    'x-scope': scope,
    parameters: parametersOf(operation),
    ...(body !== undefined && {
      requestBody: {
        required: body.isOptional !== true,
        content: { 'application/json': { schema: reference(body.name), example: body.example } },
      },
    }),
    responses: { ...successOf(operation), ...problemsOf(operation) },
  };
}

function parametersOf({ path, query, isIdempotent }: Operation): Document[] {
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }));
  const { properties = {}, required = [] } = query === undefined ? {} : jsonSchema(query, 'input');
  const inQuery = Object.entries(properties as JsonObject).map(([name, schema]) => ({
    name,
    in: 'query',
    required: (required as string[]).includes(name),
    ...(isObject(schema) && { style: 'deepObject', explode: true }),
    schema,
  }));
  const header = {
    name: 'Idempotency-Key',
    in: 'header',
    required: false,
    description: 'The same key and body make nothing twice.',
    schema: { type: 'string' },
  };
  return [...inPath, ...inQuery, ...(isIdempotent === true ? [header] : [])];
}

function successOf({ answer }: Operation): Document {
  if ('stream' in answer) {
    // OpenAPI 3.1 has no words for what the events of a stream carry.
    const data = { oneOf: answer.events.map(({ name }) => reference(name)) };
    const content = { 'text/event-stream': { schema: { type: 'string' }, 'x-event-data': data } };
    return {
      200: { description: 'The events', content },
      204: { description: 'All events have been read, and no more will come' },
    };
  }
  if (answer.status === 204) return { 204: { description: 'Done' } };
  const content = { 'application/json': { schema: reference(answer.name) } };
  return { [answer.status]: { description: answer.name, content } };
}

function problemsOf(operation: Operation): Document {
  const byStatus = new Map<number, ProblemCode[]>();
  for (const code of new Set([...commonProblems(operation), ...(operation.problems ?? [])])) {
    const { status } = problems[code];
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  const content = { 'application/problem+json': { schema: reference('Problem') } };
  return Object.fromEntries(
    [...byStatus].map(([status, codes]) => [
      status,
      {
        description: codes.map((code) => `\`${code}\`: ${problems[code].title}`).join('; '),
        content,
      },
    ]),
  );
}

/** Bodies of requests are described as clients send them, with what may be left out; answers as they come. */
function schemasOf(io: 'input' | 'output'): Document {
  const registry = z.registry<{ id: string }>();
  for (const { body, answer } of Object.values<Operation>(operations)) {
    for (const { schema, name } of io === 'input' ? (body ? [body] : []) : namedIn(answer)) {
      registry.add(schema, { id: name });
    }
  }
  if (io === 'output') registry.add(Problem, { id: 'Problem' });
  const { schemas } = z.toJSONSchema(registry, {
    ...settings(io),
    uri: (id) => `#/components/schemas/${id}`,
  });
  for (const schema of Object.values(schemas)) {
    delete schema['$schema'];
    delete schema['$id'];
  }
  return schemas;
}

function namedIn(answer: Operation['answer']): readonly Named[] {
  if ('stream' in answer) return answer.events;
  return 'schema' in answer ? [answer] : [];
}

function jsonSchema(schema: z.ZodType, io: 'input' | 'output'): Document {
  return z.toJSONSchema(schema, settings(io));
}

function settings(io: 'input' | 'output') {
  return {
    io,
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema: made }: { zodSchema: unknown; jsonSchema: Document }) => {
      if (zodSchema === JsonObject) made['type'] = 'object';
    },
  } as const;
}

function reference(name: string): Document {
  return { $ref: `#/components/schemas/${name}` };
}

/** Its fields are parameters of their own: `metadata[key]=value`. */
function isObject(schema: unknown): boolean {
  return (
    typeof schema === 'object' && schema !== null && 'type' in schema && schema.type === 'object'
  );
}
