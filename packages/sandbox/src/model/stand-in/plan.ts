import type { ScriptedToolCall } from '../reply.ts';
import { fillArguments } from './fill-arguments.ts';
import type { Goal, Reading } from './goals.ts';
import type { Fields, KnownCall } from './knowledge.ts';
import { lookupFor } from './lookups.ts';
import type { ToolProfile } from './tool-profile.ts';

/** What came of one goal so far. */
export type GoalOutcome =
  | { state: 'done'; goal: Goal; call: KnownCall }
  | { state: 'ready'; goal: Goal; arguments: Fields }
  | { state: 'lookup'; goal: Goal; tool: string; arguments: Fields }
  | { state: 'waiting'; goal: Goal }
  | { state: 'stuck'; goal: Goal; missing: string[] };

export type PlanInput = {
  prompt: string;
  reading: Reading;
  tools: readonly ToolProfile[];
  calls: readonly KnownCall[];
  /** what this prompt's calls have returned, in words */
  summary: string | undefined;
};

/** This prompt's own call for a goal: each call answers one goal, in order. */
function takeCall(goal: Goal, unused: KnownCall[]): KnownCall | undefined {
  const index = unused.findIndex((call) => call.tool === goal.tool.name);
  return index === -1 ? undefined : unused.splice(index, 1)[0];
}

/** A goal that builds on what comes before it in the prompt waits until that has returned. */
function mustWait(goal: Goal, before: readonly GoalOutcome[]): boolean {
  const pending = before.some(
    ({ state }) => state === 'ready' || state === 'lookup' || state === 'waiting',
  );
  if (!pending) return false;
  return goal.wish.refersBack || (goal.wish.writes && before.some((it) => !it.goal.wish.writes));
}

/** Where every goal of a prompt stands: a pure function of the conversation. */
export function planGoals(input: PlanInput): GoalOutcome[] {
  const { prompt, reading, tools, calls, summary } = input;
  const current = calls.filter((call) => call.current);
  const unused = [...current];
  const outcomes: GoalOutcome[] = [];
  // A goal's own call is never its lookup's: those are made with another tool.
  for (const goal of reading.goals) {
    const call = takeCall(goal, unused);
    if (call !== undefined) {
      outcomes.push({ state: 'done', goal, call });
      continue;
    }
    if (mustWait(goal, outcomes)) {
      outcomes.push({ state: 'waiting', goal });
      continue;
    }
    const clause = goal.wish.text;
    const situation = { clause, prompt, tool: goal.tool, calls: usable(goal, calls), summary };
    const { arguments: filled, missing } = fillArguments(situation);
    if (missing.length === 0) {
      outcomes.push({ state: 'ready', goal, arguments: filled });
      continue;
    }
    const lookup = lookupFor(missing, clause, filled, tools);
    const tried = current.some((each) => each.tool === lookup?.tool);
    outcomes.push(
      lookup === undefined || tried
        ? { state: 'stuck', goal, missing }
        : { state: 'lookup', goal, ...lookup },
    );
  }
  return outcomes;
}

/** "Reply to Mara's mail" must not take a mail that was listed for an earlier prompt by chance. */
function usable(goal: Goal, calls: readonly KnownCall[]): readonly KnownCall[] {
  return goal.wish.refersBack || calls.some((call) => call.current)
    ? calls
    : calls.filter((call) => call.error === undefined);
}

/** The calls that can be made now, each once. */
export function callsToMake(outcomes: readonly GoalOutcome[]): ScriptedToolCall[] {
  const seen = new Set<string>();
  return outcomes.flatMap((outcome): ScriptedToolCall[] => {
    if (outcome.state !== 'ready' && outcome.state !== 'lookup') return [];
    const name = outcome.state === 'ready' ? outcome.goal.tool.name : outcome.tool;
    const key = `${name}${JSON.stringify(outcome.arguments)}`;
    if (seen.has(key)) return [];
    seen.add(key);
    return [{ name, arguments: outcome.arguments }];
  });
}
