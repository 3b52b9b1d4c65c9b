import type { ScriptedToolCall } from '../reply.ts';
import { fillArguments, lookupFor } from './arguments.ts';
import { type Instruction, readInstruction, splitPrompt } from './instructions.ts';
import type { Fields, KnownCall } from './known-calls.ts';
import { chooseTool, type ToolProfile } from './rank-tools.ts';

/** One thing that a prompt asks for, with the tool that can do it. */
interface Goal extends Instruction {
  readonly tool: ToolProfile;
}

/** Where a goal stands. `call`: its own call, or one that looks up what it lacks. */
export type GoalState = { readonly goal: Goal } & (
  | { readonly name: 'done'; readonly call: KnownCall }
  | { readonly name: 'call'; readonly tool: string; readonly arguments: Fields }
  | { readonly name: 'waits' }
  | { readonly name: 'lacks'; readonly missing: readonly string[] }
);

/** What goals are planned with. */
interface Conversation {
  readonly prompt: string;
  readonly tools: readonly ToolProfile[];
  readonly calls: readonly KnownCall[];
  /** What this prompt's calls have returned, in words. */
  readonly summary: string | undefined;
}

/** What a prompt asks for, and a tool for each thing. */
function goalsOf({ prompt, tools, calls: all }: Conversation): Goal[] {
  // What a tool lacks is judged without this prompt's own results: the choice stays the same.
  const calls = all.filter((call) => !call.current);
  return splitPrompt(prompt).flatMap((clause) => {
    const instruction = readInstruction(clause);
    if (instruction === undefined) return [];
    const { writes, refersBack, connector } = instruction;
    // "Summarize them" is about what was fetched, and no call of its own.
    if (!writes && refersBack && connector === undefined) return [];
    const tool = chooseTool(instruction, tools, (candidate) => {
      const situation = { clause, prompt, tool: candidate, calls, summary: '' };
      const { missing } = fillArguments(situation);
      return missing.length === 0 || lookupFor(missing, situation, tools) === undefined
        ? missing.length
        : missing.length - 1;
    });
    return tool === undefined ? [] : [{ ...instruction, tool }];
  });
}

/** A goal that builds on what comes before it in the prompt waits until that has returned. */
function mustWait(goal: Goal, before: readonly GoalState[]): boolean {
  if (!before.some(({ name }) => name === 'call' || name === 'waits')) return false;
  return goal.refersBack || (goal.writes && before.some((each) => !each.goal.writes));
}

/** Where every goal of the prompt stands: a pure function of the conversation. */
export function planGoals(conversation: Conversation): GoalState[] {
  const { prompt, tools, calls, summary } = conversation;
  const current = calls.filter((call) => call.current);
  const unused = [...current];
  const states: GoalState[] = [];
  const stateOf = (goal: Goal): GoalState => {
    const { tool, text: clause } = goal;
    // A goal's own call is never its lookup's: those are made with another tool.
    const made = unused.findIndex((call) => call.tool === tool.name);
    const [call] = made === -1 ? [] : unused.splice(made, 1);
    if (call !== undefined) return { goal, name: 'done', call };
    if (mustWait(goal, states)) return { goal, name: 'waits' };
    const situation = { clause, prompt, tool, calls, summary };
    const { missing, arguments: filled } = fillArguments(situation);
    if (missing.length === 0) return { goal, name: 'call', tool: tool.name, arguments: filled };
    const lookup = lookupFor(missing, situation, tools);
    const tried = current.some((each) => each.tool === lookup?.tool);
    if (lookup === undefined || tried) return { goal, name: 'lacks', missing };
    return { goal, name: 'call', ...lookup };
  };
  for (const goal of goalsOf(conversation)) states.push(stateOf(goal));
  return states;
}

/** The calls that can be made now, each once. */
export function callsToMake(states: readonly GoalState[]): ScriptedToolCall[] {
  const calls = states.flatMap((state) =>
    state.name === 'call' ? [{ name: state.tool, arguments: state.arguments }] : [],
  );
  return [...new Map(calls.map((call) => [JSON.stringify(call), call])).values()];
}
