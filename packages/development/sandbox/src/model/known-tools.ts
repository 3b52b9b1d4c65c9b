import { createBoundedMap } from '../server/bounded.ts';
import type { ChatTool } from './chat-request.ts';

/** What was found out about a list of tools. Clients send the same one with every request. */
interface KnownTools {
  /** As JSON. */
  readonly text: string;
  /** By questions about the text: their answers. */
  readonly answers: Map<(text: string) => boolean, boolean>;
}

/** Lists that have passed every check that looks at nothing but them, by their JSON as it came. */
const passed = createBoundedMap<ChatTool[]>(100);
const known = new WeakMap<readonly ChatTool[], KnownTools>();

/** The list as it was parsed, if one with the same JSON has passed before. */
export function passedTools(given: unknown): ChatTool[] | undefined {
  return Array.isArray(given) && given.length > 0 ? passed.get(JSON.stringify(given)) : undefined;
}

/** @param given the list as it came, of which `tools` was parsed */
export function rememberTools(given: unknown, tools: ChatTool[]): void {
  if (tools.length > 0) passed.set(JSON.stringify(given), freeze(tools));
}

/** The JSON of a list of tools, written once. */
export function textOfTools(tools: ChatTool[]): string {
  return knownOf(tools).text;
}

/** Asks once for each list. */
export function askOfTools(tools: ChatTool[], question: (text: string) => boolean): boolean {
  const { text, answers } = knownOf(tools);
  const answer = answers.get(question) ?? question(text);
  answers.set(question, answer);
  return answer;
}

function knownOf(tools: ChatTool[]): KnownTools {
  const found = known.get(tools) ?? { text: JSON.stringify(tools), answers: new Map() };
  known.set(tools, found);
  return found;
}

/** Many requests share it. */
function freeze<Value>(value: Value): Value {
  if (typeof value === 'object' && value !== null) {
    Object.values(value).forEach(freeze);
    Object.freeze(value);
  }
  return value;
}
