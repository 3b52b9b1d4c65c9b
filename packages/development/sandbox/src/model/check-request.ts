import { type ChatRequest, chatRequestSchema } from './chat-request.ts';
import { checkMessages } from './check-messages.ts';
import { checkStrictly } from './check-strictly.ts';
import { checkTools } from './check-tools.ts';
import type { Endpoint } from './endpoint-rules.ts';
import { passedTools, rememberTools } from './known-tools.ts';
import { invalidRequest, ModelError } from './model-error.ts';

const modelName = /^[\w.-]+\/[\w.:-]+(\/[\w.:-]+)*$/;

/** Models without a provider in front that are known all the same. */
const knownModels = new Set(['gpt-4o-mini', 'gpt-4o', 'gpt-4.1-mini']);

function checkModel(name: string): void {
  if (modelName.test(name) || knownModels.has(name)) return;
  const message = `The model ${name} does not exist: use a name of the form provider/name`;
  throw new ModelError(404, 'model_not_found', message, 'model');
}

function toolsIn(body: unknown): unknown {
  return typeof body === 'object' && body !== null && 'tools' in body ? body.tools : undefined;
}

/** Parses and checks a request as strictly as real endpoints do. Throws `ModelError`. */
export function parseChatRequest(body: unknown, endpoint: Pick<Endpoint, 'rulesFor'>): ChatRequest {
  const given = toolsIn(body);
  const passed = passedTools(given);
  const parsed = chatRequestSchema.safeParse(
    passed === undefined ? body : { ...(body as object), tools: undefined },
  );
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const path = issue?.path.map(String).join('.') ?? '';
    throw invalidRequest(`Invalid value at ${path || 'the body'}: ${issue?.message}`, path);
  }
  const request = passed === undefined ? parsed.data : { ...parsed.data, tools: passed };
  for (const name of [request.model, ...(request.models ?? [])]) checkModel(name);
  if ((request.n ?? 1) > 1) throw invalidRequest('Only n = 1 is supported', 'n');
  checkMessages(request.messages);
  if (passed === undefined) {
    checkTools(request.tools ?? []);
    rememberTools(given, request.tools ?? []);
  }
  checkStrictly(request, endpoint.rulesFor(request.model));
  if (request.response_format?.type === 'json_schema' && !request.response_format.json_schema) {
    throw invalidRequest('response_format.json_schema is missing', 'response_format');
  }
  return request;
}
