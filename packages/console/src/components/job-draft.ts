import type { JobRequest } from '@pawl/client';
import { FieldError } from './use-form.ts';

/** A job's body as a form has it. Empty: left to the agent, or to the defaults. */
export interface JobDraft {
  readonly prompt: string;
  readonly agent: string;
  readonly user: string;
  readonly conversation: string;
  readonly instructions: string;
  readonly model: string;
  readonly approve: string;
  readonly connections: readonly string[];
  readonly limits: Readonly<Record<LimitName, string>>;
  /** JSON: the fields that the form has no place for. */
  readonly rest: string;
}

export const limitNames = [
  'turns',
  'tool_calls',
  'tokens',
  'cost_usd',
  'deadline_seconds',
] as const;
export type LimitName = (typeof limitNames)[number];

type JsonObject = Readonly<Record<string, unknown>>;

const texts = ['prompt', 'agent', 'user', 'conversation', 'instructions', 'model'] as const;
const approvals = ['none', 'writes', 'all'] as const;

/** The paths under which the API names what the form shows, behind a prefix such as `job.`. */
export function jobPaths(prefix = ''): readonly string[] {
  const limits = limitNames.map((name) => `limits.${name}`);
  const names = [...texts, 'tools.approve', 'connections', ...limits, 'rest'];
  return names.map((name) => `${prefix}${name}`);
}

/** A body in parts: what there is no field for stays as JSON, and nothing is lost. */
export function draftOf(body: JsonObject = {}): JobDraft {
  const rest: Record<string, unknown> = { ...body };
  const take = (name: string): string => {
    const value = rest[name];
    if (typeof value !== 'string') return '';
    delete rest[name];
    return value;
  };
  const [prompt, agent, user, conversation, instructions, model] = texts.map(take);
  const { approve, ...tools } = objectOf(rest['tools']);
  const isNamed = approvals.some((one) => one === approve);
  if (isNamed) setOrDelete(rest, 'tools', tools);
  const { connections } = rest;
  delete rest['connections'];
  const given = objectOf(rest['limits']);
  delete rest['limits'];
  return {
    prompt: prompt ?? '',
    agent: agent ?? '',
    user: user ?? '',
    conversation: conversation ?? '',
    instructions: instructions ?? '',
    model: model ?? '',
    approve: isNamed ? String(approve) : '',
    connections: Array.isArray(connections) ? connections.map(String) : [],
    limits: Object.fromEntries(
      limitNames.map((name) => [name, typeof given[name] === 'number' ? String(given[name]) : '']),
    ) as JobDraft['limits'],
    rest: Object.keys(rest).length === 0 ? '' : JSON.stringify(rest, undefined, 2),
  };
}

/**
 * The body that a form stands for.
 *
 * @param prefix of the paths under which problems are told
 * @throws FieldError where something is no number or no JSON
 */
export function bodyOf(draft: JobDraft, prefix = ''): JobRequest {
  const rest = parsedObject(draft.rest, `${prefix}rest`);
  const limits = limitNames.flatMap((name) => {
    const text = draft.limits[name].trim();
    if (text === '') return [];
    const value = Number(text);
    if (Number.isFinite(value)) return [[name, value] as const];
    throw new FieldError(`${prefix}limits.${name}`, 'must be a number');
  });
  const body = {
    ...rest,
    ...Object.fromEntries(
      texts.flatMap((name) => (draft[name].trim() === '' ? [] : [[name, trimmed(name, draft)]])),
    ),
    ...(draft.connections.length > 0 && { connections: [...draft.connections] }),
    ...(draft.approve !== '' && { tools: { ...objectOf(rest['tools']), approve: draft.approve } }),
    ...(limits.length > 0 && { limits: Object.fromEntries(limits) as JobRequest['limits'] }),
  };
  // The API checks all of it, and says which field is wrong.
  return body as unknown as JobRequest;
}

/** Prose stays as it was written; names have no blanks around them. */
function trimmed(name: (typeof texts)[number], draft: JobDraft): string {
  return name === 'prompt' || name === 'instructions' ? draft[name] : draft[name].trim();
}

/** @throws FieldError */
function parsedObject(text: string, path: string): JsonObject {
  if (text.trim() === '') return {};
  const value = parsedJson(text, path);
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return value as JsonObject;
  }
  throw new FieldError(path, 'must be a JSON object');
}

/** @throws FieldError */
export function parsedJson(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new FieldError(path, 'is not valid JSON');
  }
}

function objectOf(value: unknown): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as JsonObject)
    : {};
}

function setOrDelete(target: Record<string, unknown>, name: string, value: JsonObject): void {
  if (Object.keys(value).length === 0) delete target[name];
  else target[name] = value;
}
