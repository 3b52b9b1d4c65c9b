import type { ToolProfile } from './tool-profile.ts';
import type { Wish } from './wish.ts';

type RankedTool = { tool: ToolProfile; score: number };

/** How many required arguments of a tool a wish cannot fill. */
type MissingArguments = (tool: ToolProfile) => number;

/** How many tools know a word decides what it is worth: `vacation` tells more than `list`. */
export function createRanking(tools: readonly ToolProfile[]) {
  const uses = new Map<string, number>();
  for (const tool of tools) {
    for (const noun of tool.nouns) uses.set(noun, (uses.get(noun) ?? 0) + 1);
  }
  const rarity = (noun: string) =>
    1 + Math.log((tools.length + 1) / ((uses.get(noun) ?? 0) + 1)) / 4;

  const score = (tool: ToolProfile, wish: Wish, missing: MissingArguments): number => {
    const matched = wish.nouns.filter((noun) => tool.nouns.has(noun));
    const described = wish.nouns.filter(
      (noun) => noun !== tool.connector && !tool.nouns.has(noun) && tool.description.has(noun),
    );
    if (matched.length === 0 && described.length === 0) return 0;
    const unmatched = [...tool.nouns].filter((noun) => !wish.nouns.includes(noun)).length;
    const verb = wish.verbs.findIndex((each) => tool.verbs.has(each));
    return (
      matched.reduce((sum, noun) => sum + 2 * rarity(noun), 0) +
      0.7 * described.length +
      (verb === -1 ? 0 : 3 - verb * 0.4) -
      (tool.writes === wish.writes ? 0 : 6) -
      1.1 * unmatched -
      1.3 * missing(tool) -
      0.15 * tool.nameLength +
      (wish.connector === tool.connector ? 2.5 : 0) -
      (wish.connector !== undefined && wish.connector !== tool.connector ? 1.5 : 0)
    );
  };

  /** The tools that fit a wish, best first. */
  return (wish: Wish, missing: MissingArguments): RankedTool[] =>
    tools
      .map((tool) => ({ tool, score: score(tool, wish, missing) }))
      .filter((ranked) => ranked.score > 2.5)
      .toSorted((a, b) => b.score - a.score || (a.tool.name < b.tool.name ? -1 : 1));
}
