import { createHash } from 'node:crypto';
import MiniSearch from 'minisearch';
import type { OfferedTool, Tool } from '../domain/tool.ts';
import { beginningOf } from '../turn/json-text.ts';
import { objectOf } from './schema-parts.ts';

/** What of a set of tools is searched. */
export interface ToolIndex {
  readonly search: MiniSearch['search'];
  /** How many are searched. */
  readonly characters: number;
  /** What was found for texts before: the turns of a job ask for the same again. */
  readonly found: Map<string, readonly string[]>;
}

/** Characters of all descriptions that are looked at: catalogues can have thousands of tools. */
const readCharacters = 200_000;

/** The sets that were searched last, by what they hold: users with the same connections have the same tools. */
const indexes = new Map<string, ToolIndex>();

/** Of all sets that are kept: an index takes some twenty bytes for each. */
const keptCharacters = 1_000_000;

/** The index of these tools, made once for each set: that takes a hundred times as long as a search in it. */
export function toolIndexOf(offered: readonly OfferedTool[], stem: (word: string) => string) {
  const key = offered.map(({ name, tool }) => `${name} ${digestOf(tool)}`).join('\n');
  const known = indexes.get(key);
  const index = known ?? createIndex(offered, stem);
  indexes.delete(key);
  indexes.set(key, index);
  if (known === undefined) forgetOldest();
  return index;
}

function createIndex(offered: readonly OfferedTool[], stem: (word: string) => string): ToolIndex {
  const length = Math.floor(readCharacters / Math.max(1, offered.length));
  const documents = offered.map(({ name, tool }) => ({
    id: name,
    words: `${name.replaceAll(/[_-]+/g, ' ')} ${tool.connection}`,
    description: beginningOf(tool.description, length),
    parameters: parametersOf(tool).join(' ').replaceAll('_', ' ').slice(0, length),
  }));
  const index = new MiniSearch<(typeof documents)[number]>({
    fields: ['words', 'description', 'parameters'],
    processTerm: (term) => stem(term.toLowerCase()),
  });
  index.addAll(documents);
  return {
    search: index.search.bind(index),
    characters: documents.reduce(
      (sum, each) => sum + each.words.length + each.description.length + each.parameters.length,
      0,
    ),
    found: new Map(),
  };
}

function parametersOf({ inputSchema }: Tool): string[] {
  return Object.keys(objectOf(inputSchema['properties'])).slice(0, 50);
}

const digests = new WeakMap<Tool, string>();

/** Of what is searched. */
function digestOf(tool: Tool): string {
  const known = digests.get(tool);
  if (known !== undefined) return known;
  const { connection, description } = tool;
  const searched = JSON.stringify([connection, description, parametersOf(tool)]);
  const digest = createHash('sha256').update(searched).digest('base64url');
  digests.set(tool, digest);
  return digest;
}

/** The newest is kept, whatever its size. */
function forgetOldest(): void {
  let kept = [...indexes.values()].reduce((sum, { characters }) => sum + characters, 0);
  for (const [key, { characters }] of indexes) {
    if (kept <= keptCharacters || indexes.size === 1) return;
    indexes.delete(key);
    kept -= characters;
  }
}
