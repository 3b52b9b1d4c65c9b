import {
  type AdmittedRequest,
  type AgentDefinition,
  type AskedUnknownOutcome,
  type JobRequest,
  type Json,
  type JsonObject,
  Limits,
  type UnknownOutcomePolicy,
} from '@pawl/contracts';

import { promptText } from '../turn/prompt-content.ts';
import { askedOf } from './asked.ts';

/** What stands in for what neither a job nor its agent says. */
export interface RequestDefaults {
  readonly connections: readonly string[];
  readonly model?: string | undefined;
  readonly instructions: string;
}

type GivenRequest = Pick<JobRequest, 'prompt' | Exclude<keyof AgentDefinition, 'description'>> &
  Partial<Pick<JobRequest, 'on_unknown_outcome' | 'priority'>>;

export type ResolvedRequest =
  | { readonly kind: 'resolved'; readonly request: AdmittedRequest; readonly limits: Limits }
  /** The body asks for what its agent does not allow, or lacks what nothing else says. */
  | { readonly kind: 'refused'; readonly path: string; readonly message: string };

/**
 * A job's request with everything filled in, from its body, its agent and the defaults. The body replaces the agent's
 * model, fallback models, instructions and response format, and adds to its model options and metadata. Connections, the
 * policy for tools and the limits are only narrowed by it.
 */
export function resolveRequest(
  body: GivenRequest,
  agent: AgentDefinition | undefined,
  defaults: RequestDefaults,
): ResolvedRequest {
  const model = body.model ?? agent?.model ?? defaults.model;
  if (model === undefined) {
    return refused('model', 'is required, since FASTROUTER_MODEL is not set');
  }
  const stranger = foreignConnection(body.connections, agent?.connections);
  if (stranger !== undefined) return stranger;
  const metadata = { ...agent?.metadata, ...body.metadata };
  if (Object.keys(metadata).length > 32) {
    return refused('metadata', "must have at most 32 pairs together with its agent's");
  }
  const responseFormat = body.response_format ?? agent?.response_format;
  return {
    kind: 'resolved',
    request: {
      prompt: typeof body.prompt === 'string' ? body.prompt : promptText(body.prompt),
      ...(typeof body.prompt !== 'string' && { content: body.prompt }),
      models: [model, ...(body.fallback_models ?? agent?.fallback_models ?? [])],
      modelOptions: definedOnly({
        ...definedOnly(agent?.model_options ?? {}),
        ...definedOnly(body.model_options ?? {}),
      }),
      instructions: body.instructions ?? agent?.instructions ?? defaults.instructions,
      ...(responseFormat !== undefined && { responseFormat: definedOnly(responseFormat) }),
      connections: [...new Set(body.connections ?? agent?.connections ?? defaults.connections)],
      tools: narrowedTools(agent?.tools, body.tools),
      metadata,
      ...(body.on_unknown_outcome === 'check' && { looksUp: true }),
      asked: askedOf(body),
    },
    limits: narrowedLimits(agent?.limits, body.limits),
  };
}

/** The policy as it is stored: that outcomes are looked up stands with the request. */
export function unknownOutcomePolicy(asked: AskedUnknownOutcome): UnknownOutcomePolicy {
  return asked === 'check' ? 'ask' : asked;
}

function refused(path: string, message: string): ResolvedRequest {
  return { kind: 'refused', path, message };
}

function foreignConnection(
  wanted: readonly string[] | undefined,
  allowed: readonly string[] | undefined,
): ResolvedRequest | undefined {
  if (wanted === undefined || allowed === undefined) return undefined;
  const index = wanted.findIndex((name) => !allowed.includes(name));
  if (index === -1) return undefined;
  const choice = allowed.length === 0 ? 'which has none' : `which has ${allowed.join(', ')}`;
  return refused(`connections[${index}]`, `is not one of its agent's, ${choice}`);
}

type Tools = NonNullable<AgentDefinition['tools']>;

/** A tool has to be allowed by both, and denied by neither; a call waits for a person if either wants it. */
function narrowedTools(
  agent: Tools | undefined,
  body: Tools | undefined,
): AdmittedRequest['tools'] {
  const allow = agent?.allow ?? body?.allow;
  const within = agent?.allow === undefined ? undefined : body?.allow;
  const deny = [...new Set([...(agent?.deny ?? []), ...(body?.deny ?? [])])];
  const given = [agent, body].filter((tools) => tools !== undefined);
  const approve = given.flatMap((tools) => (tools.approve === undefined ? [] : [tools.approve]));
  const seconds = given.flatMap((tools) => tools.approval_seconds ?? []);
  return {
    ...(allow !== undefined && { allow }),
    ...(within !== undefined && { within }),
    ...(deny.length > 0 && { deny }),
    ...(approve.length > 0 && { approve }),
    ...(seconds.length > 0 && { approvalSeconds: Math.min(...seconds) }),
  };
}

/** The lower one of each; the default where neither says one. */
function narrowedLimits(
  agent: AgentDefinition['limits'] = {},
  body: AgentDefinition['limits'] = {},
): Limits {
  const lower = (name: keyof Limits) =>
    [agent[name], body[name]].reduce((one, other) =>
      one === undefined || other === undefined ? (one ?? other) : Math.min(one, other),
    );
  return Limits.parse({
    turns: lower('turns'),
    tool_calls: lower('tool_calls'),
    tokens: lower('tokens'),
    cost_usd: lower('cost_usd'),
    deadline_seconds: lower('deadline_seconds'),
  });
}

/** JSON has no undefined: absent keys stay absent. */
function definedOnly(value: object): JsonObject {
  return Object.fromEntries<Json>(Object.entries(value).filter(([, inner]) => inner !== undefined));
}
