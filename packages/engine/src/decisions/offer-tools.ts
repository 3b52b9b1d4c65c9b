import MiniSearch from 'minisearch';
import type { OfferedTool, Tool } from '../ports.ts';
import { endpointTool } from './endpoint-tools.ts';
import { isAllowed, type ToolPolicy } from './tool-policy.ts';

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
  const tools = listed.filter((tool) => endpointTool(tool) !== undefined);
  const names = new Map<Tool, string>();
  const taken = new Set<string>();
  const take = (tool: Tool, name: string) => {
    names.set(tool, name);
    taken.add(name);
  };
  // Names that need no change come first, so that no other tool can take them.
  for (const tool of tools) {
    if (endpointName.test(tool.name) && !taken.has(tool.name)) take(tool, tool.name);
  }
  for (const tool of tools) if (!names.has(tool)) take(tool, freeName(tool, taken));
  return {
    tools: tools.map((tool) => ({ name: names.get(tool) ?? tool.name, tool })),
    leftOut: listed.filter((tool) => endpointTool(tool) === undefined),
  };
}

/** What every endpoint takes as a function's name; Gemini wants a letter or `_` at its beginning. */
const endpointName = /^[A-Za-z_][A-Za-z0-9_-]{0,63}$/;

function freeName(tool: Tool, taken: ReadonlySet<string>): string {
  const whole = inNameCharacters(tool.name);
  const base = /^[A-Za-z_]/.test(whole) ? whole : `_${whole}`;
  let name = base.slice(0, 64);
  for (let count = 0; taken.has(name); count += 1) {
    const suffix = `__${tool.connection}${count === 0 ? '' : `_${count}`}`;
    const cleaned = inNameCharacters(suffix).slice(-40);
    name = base.slice(0, 64 - cleaned.length) + cleaned;
  }
  return name;
}

function inNameCharacters(text: string): string {
  return text.replaceAll(/[^A-Za-z0-9_-]/g, '_');
}

/**
 * The tools that a model call offers: what the policy allows and, above the endpoint's limit, the best matches for the
 * prompt. The order is the listing's, so that the same tools make the same request.
 */
export function offerTools(
  named: readonly OfferedTool[],
  { policy, prompt, limit }: { policy: ToolPolicy; prompt: string; limit: number },
): OfferedTool[] {
  const allowed = named.filter(({ tool }) => isAllowed(policy, tool.name));
  if (allowed.length <= limit) return allowed;
  const best = new Set(rank(allowed, prompt).slice(0, limit));
  return allowed.filter(({ name }) => best.has(name));
}

/** Every tool's name, the best match first; what doesn't match at all follows in its own order. */
function rank(offered: readonly OfferedTool[], prompt: string): string[] {
  const index = new MiniSearch<{ id: string; words: string; description: string }>({
    fields: ['words', 'description'],
    searchOptions: { boost: { words: 3 }, prefix: true, fuzzy: 0.2, combineWith: 'OR' },
  });
  index.addAll(
    offered.map(({ name, tool }) => ({
      id: name,
      words: name.replaceAll(/[_-]+/g, ' '),
      description: tool.description,
    })),
  );
  const matches = index.search(prompt.slice(0, 4_000)).map(({ id }) => String(id));
  const matched = new Set(matches);
  return [...matches, ...offered.map(({ name }) => name).filter((name) => !matched.has(name))];
}
