import MiniSearch from 'minisearch';
import type { OfferedTool, Tool } from '../ports.ts';
import { isAllowed, type ToolPolicy } from './tool-policy.ts';

/**
 * Gives every tool of the job's connections the name that the model sees. Two connections of one connector bring the
 * same names: the second one's carry the connection's name, cut to the 64 characters that endpoints accept.
 */
export function nameTools(tools: readonly Tool[]): OfferedTool[] {
  const taken = new Set<string>();
  return tools.map((tool) => {
    let name = tool.name;
    for (let count = 0; taken.has(name); count += 1) {
      const suffix = `__${tool.connection}${count === 0 ? '' : `_${count}`}`;
      const cleaned = suffix.replaceAll(/[^A-Za-z0-9_-]/g, '_').slice(0, 40);
      name = tool.name.slice(0, 64 - cleaned.length) + cleaned;
    }
    taken.add(name);
    return { name, tool };
  });
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
