import { fillArguments } from './fill-arguments.ts';
import type { KnownCall } from './knowledge.ts';
import { lookupFor } from './lookups.ts';
import { createRanking } from './rank-tools.ts';
import { splitPrompt } from './split-prompt.ts';
import type { ToolProfile } from './tool-profile.ts';
import { readWish, type Wish } from './wish.ts';

/** One thing that a prompt asks for, with the tool that can do it. */
export type Goal = { wish: Wish; tool: ToolProfile };

export type Reading = {
  goals: Goal[];
  /** whether it asks for a summary rather than a list */
  summarize: boolean;
  /** whether it asks how many there are */
  count: boolean;
};

/** "Summarize them": about what was fetched, and no call of its own. */
function isAboutResults(wish: Wish): boolean {
  if (wish.writes) return false;
  return (
    /^\W*(?:please\s+)?(?:summari[sz]e|tell me|give me|list|count|show|explain|which|what|sort|group)\b/i.test(
      wish.text,
    ) &&
    /\b(it|them|those|these|the results?|a (?:short |brief )?(?:summary|overview|list)|which ones?)\b/i.test(
      wish.text,
    ) &&
    !/\b(e-?mails?|mails?|inbox|issues?|pull requests?|prs?|repos?|channels?|messages?|#\w+)\b/i.test(
      wish.text,
    )
  );
}

/** Reads what a prompt asks for and chooses a tool for each thing. */
export function readGoals(
  prompt: string,
  tools: readonly ToolProfile[],
  earlier: readonly KnownCall[],
): Reading {
  const rank = createRanking(tools);
  const goals: Goal[] = [];
  for (const clause of splitPrompt(prompt)) {
    const wish = readWish(clause);
    if (wish === undefined || isAboutResults(wish)) continue;
    const missing = (tool: ToolProfile) => {
      const situation = { clause, prompt, tool, calls: earlier, summary: '' };
      const filled = fillArguments(situation);
      const findable = lookupFor(filled.missing, clause, filled.arguments, tools) !== undefined;
      return Math.max(0, filled.missing.length - (findable ? 1 : 0));
    };
    const [best] = rank(wish, missing);
    if (best !== undefined) goals.push({ wish, tool: best.tool });
  }
  return {
    goals,
    summarize: /\b(summari[sz]e|summary|overview|recap|digest|catch me up|gist)\b/i.test(prompt),
    count: /\b(how many|count|number of)\b/i.test(prompt),
  };
}
