import type { ChatTool } from '../chat-request.ts';
import type { Instruction } from './instructions.ts';
import { isFields } from './known-calls.ts';
import { contentWords, listOf } from './words.ts';

/** What the stand-in knows of a tool that it was given: only its name, description and schema. */
export interface ToolProfile {
  readonly name: string;
  /** The first part of the name: `gmail`. */
  readonly connector: string;
  readonly verbs: ReadonlySet<string>;
  readonly nouns: ReadonlySet<string>;
  /** Content words of the description. */
  readonly description: ReadonlySet<string>;
  readonly writes: boolean;
  readonly properties: Readonly<Record<string, { readonly type?: unknown }>>;
  readonly required: readonly string[];
}

const readingVerbs = new Set(listOf('readingVerbs'));
const writingVerbs = new Set(listOf('writingVerbs'));

export function profileTool({
  function: { name, description = '', parameters = {} },
}: ChatTool): ToolProfile {
  const [connector = '', ...rest] = name.toLowerCase().split(/[_-]/).filter(Boolean);
  const isVerb = (word: string) => readingVerbs.has(word) || writingVerbs.has(word);
  // A name's verb stands first or last: `gmail_send_draft`, `github_issue_create`, `get_weather`.
  const last = rest.findLastIndex(isVerb);
  const verbs = rest.filter((word, index) => isVerb(word) && (index === 0 || index === last));
  if (isVerb(connector)) verbs.push(connector);
  // In Gmail a message is a mail, and people are contacts.
  const nouns = contentWords(rest.filter((word) => !verbs.includes(word)).join(' '));
  const renamed: Record<string, string> =
    connector === 'gmail' ? { message: 'mail', user: 'contact' } : {};
  const properties = isFields(parameters['properties']) ? parameters['properties'] : {};
  const required = Array.isArray(parameters['required']) ? parameters['required'].map(String) : [];
  return {
    name,
    connector,
    verbs: new Set(verbs),
    nouns: new Set(nouns.map((noun) => renamed[noun] ?? noun)),
    description: new Set(contentWords(description)),
    writes: !verbs.some((verb) => readingVerbs.has(verb)) || writingVerbs.has(rest[0] ?? ''),
    properties: properties as ToolProfile['properties'],
    required: required.filter((each) => each in properties),
  };
}

/** Less than this, and a tool fits by chance. */
const leastScore = 2.5;

/**
 * Chooses the tool that fits an instruction best. A word that few tools have in their names tells
 * more than one that many have. `missing` says how many required arguments cannot be filled.
 */
export function chooseTool(
  { nouns, verbs, connector, writes }: Instruction,
  tools: readonly ToolProfile[],
  missing: (tool: ToolProfile) => number,
): ToolProfile | undefined {
  const rarity = new Map(
    nouns.map((noun) => {
      const uses = tools.filter((tool) => tool.nouns.has(noun)).length;
      return [noun, 1 + Math.log((tools.length + 1) / (uses + 1)) / 4];
    }),
  );
  const scored = tools.flatMap((tool) => {
    const matched = nouns.filter((noun) => tool.nouns.has(noun));
    const described = nouns.filter((noun) => !tool.nouns.has(noun) && tool.description.has(noun));
    if (matched.length === 0 && described.length === 0) return [];
    const unmatched = [...tool.nouns].filter((noun) => !nouns.includes(noun));
    const verb = verbs.findIndex((each) => tool.verbs.has(each));
    const foreign = connector === undefined ? 0 : -1.5;
    const score =
      matched.reduce((sum, noun) => sum + 2 * (rarity.get(noun) ?? 1), 0) +
      0.7 * described.filter((noun) => noun !== tool.connector).length +
      (verb === -1 ? 0 : 3 - verb * 0.4) -
      (tool.writes === writes ? 0 : 6) -
      1.1 * unmatched.length -
      1.3 * missing(tool) -
      // Of two tools that fit alike, the one with the plainer name is meant.
      0.15 * tool.name.split('_').length +
      (connector === tool.connector ? 2.5 : foreign);
    return score > leastScore ? [{ tool, score }] : [];
  });
  return scored.toSorted((a, b) => b.score - a.score)[0]?.tool;
}
