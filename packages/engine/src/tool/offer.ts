import type { ApprovalPolicy, JsonObject, ToolEffect } from '@pawl/contracts';
import type { OfferedTool, Tool } from '../domain/tool.ts';
import { beginningOf, wellFormed } from '../turn/json-text.ts';
import { endpointSchema } from './endpoint-schema.ts';
import { objectOf, stringsOf } from './schema-parts.ts';
import { rankTools } from './search.ts';

/** The tools of a job's connections, as far as an endpoint can be told of them. */
export interface NamedTools {
  readonly tools: OfferedTool[];
  /** Tools whose schemas no endpoint takes: one of them would have every request refused. */
  readonly leftOut: readonly Tool[];
}

/**
 * Gives every tool of the job's connections the name that the model sees: its own where endpoints take it. Other names
 * are put in letters, digits, `_` and `-`, 64 at most. Two connections of one connector bring the same names: the second
 * one's carry the connection's name.
 */
export function nameTools(listed: readonly Tool[]): NamedTools {
  const tools = listed.filter(isUsable);
  const names = new Map<Tool, string>();
  const taken = new Set<string>(builtInNames);
  const take = (tool: Tool, name: string) => {
    names.set(tool, name);
    taken.add(name);
  };
  // Names that need no change come first, so that no other tool can take them.
  for (const tool of tools) {
    if (endpointName.test(tool.name) && !taken.has(tool.name)) take(tool, tool.name);
  }
  const counts = new Map<string, number>();
  for (const tool of tools) if (!names.has(tool)) take(tool, freeName(tool, { taken, counts }));
  return {
    tools: tools.map((tool) => ({ name: names.get(tool) ?? tool.name, tool })),
    leftOut: listed.filter((tool) => !isUsable(tool)),
  };
}

/** Names that no source's tool gets. */
const builtInNames = ['find_tools', 'read_tool_result'];

function isUsable(tool: Tool): boolean {
  return endpointTool(tool) !== undefined && !tool.name.startsWith(builtInPrefix);
}

/** What every endpoint takes as a function's name; Gemini wants a letter or `_` at its beginning. */
const endpointName = /^[A-Za-z_][A-Za-z0-9_-]{0,63}$/;

/** @param known the names that are taken, and how many were tried for each: thousands can differ in odd characters only */
function freeName(
  tool: Tool,
  { taken, counts }: { taken: ReadonlySet<string>; counts: Map<string, number> },
): string {
  const whole = inNameCharacters(tool.name);
  const base = (/^[A-Za-z_]/.test(whole) ? whole : `_${whole}`).slice(0, 64);
  if (!taken.has(base)) return base;
  const tried = `${base} ${tool.connection}`;
  for (let count = counts.get(tried) ?? 0; ; count += 1) {
    const suffix = `__${tool.connection}${count === 0 ? '' : `_${count}`}`;
    const cleaned = inNameCharacters(suffix).slice(-40);
    const name = base.slice(0, 64 - cleaned.length) + cleaned;
    if (!taken.has(name)) {
      counts.set(tried, count + 1);
      return name;
    }
  }
}

function inNameCharacters(text: string): string {
  return text.replaceAll(/[^A-Za-z0-9_-]/g, '_');
}

/** Before the names of tools that Pawl answers itself. No source's tool may have it. */
export const builtInPrefix = 'pawl:';

export const builtInConnection = 'pawl';

/** What one request may offer at most: OpenAI's limit. */
const mostOffered = 128;

interface Offer {
  readonly tools: readonly OfferedTool[];
  /** True: there are more, and a search would find them. */
  readonly isPart: boolean;
}

/**
 * The tools that a model call offers: what the policy allows and, above the limit, the best matches for what was said,
 * with what the job has used or found already. The matches keep the listing's order and the finds come after them, so
 * that one turn's request begins like the one's before.
 *
 * @param text what the person wants, and has said before
 * @param known names of tools that were called or found in the job
 */
export function offerTools(
  named: readonly OfferedTool[],
  {
    policy,
    text,
    limit,
    known = [],
  }: { policy: ToolPolicy; text: string; limit: number; known?: readonly string[] },
): Offer {
  const allowed = named.filter(({ tool }) => isAllowed(policy, tool.name));
  const most = Math.min(limit, mostOffered - builtInNames.length);
  if (allowed.length <= most) return { tools: allowed, isPart: false };
  const best = new Set(rankTools(allowed, text).slice(0, most));
  const byName = new Map(allowed.map((offered) => [offered.name, offered]));
  const more = [...new Set(known)].filter((name) => byName.has(name) && !best.has(name));
  const room = mostOffered - builtInNames.length - most;
  return {
    tools: [
      ...allowed.filter(({ name }) => best.has(name)),
      ...(room === 0 ? [] : more.slice(-room)).flatMap((name) => byName.get(name) ?? []),
    ],
    isPart: true,
  };
}

/** Which tools a job may see and call: all that `allow` and `within` name (absent: all), less all that `deny` names. */
export interface ToolPolicy {
  readonly allow?: readonly string[] | undefined;
  readonly deny?: readonly string[] | undefined;
  /** Beside `allow`: one of these has to match, too. */
  readonly within?: readonly string[] | undefined;
  /** See {@link needsApproval}. */
  readonly approve?: readonly ApprovalPolicy[] | undefined;
  /** How long a call waits for a person, in seconds; absent: as long as its job. */
  readonly approvalSeconds?: number | undefined;
}

export function isAllowed(policy: ToolPolicy, tool: string): boolean {
  // What Pawl answers itself says nothing that the job may not know.
  if (tool.startsWith(builtInPrefix)) return true;
  const allowed = [policy.allow, policy.within].every(
    (names) => names === undefined || names.some((name) => matches(name, tool)),
  );
  return allowed && !(policy.deny ?? []).some((name) => matches(name, tool));
}

/** Whether a person has to approve a call of this tool: any of the policies is enough, so the strictest wins. */
export function needsApproval(
  policies: readonly ApprovalPolicy[],
  { tool, effect }: { readonly tool: string; readonly effect: ToolEffect },
): boolean {
  if (tool.startsWith(builtInPrefix)) return false;
  return policies.some((policy) => {
    if (typeof policy !== 'string') return policy.some((pattern) => matches(pattern, tool));
    return policy === 'all' || (policy === 'writes' && effect !== 'reads');
  });
}

/** `*` stands for any run of characters. Linear in the length of the tool's name for each part of the pattern. */
function matches(pattern: string, name: string): boolean {
  const [first = '', ...rest] = pattern.split('*');
  if (rest.length === 0) return pattern === name;
  const last = rest.pop() ?? '';
  if (!name.startsWith(first) || name.length < first.length + last.length) return false;
  let from = first.length;
  for (const part of rest) {
    const at = name.indexOf(part, from);
    if (at === -1) return false;
    from = at + part.length;
  }
  return name.length - last.length >= from && name.endsWith(last);
}

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
