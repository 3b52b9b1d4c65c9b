import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { AgentDefinition, AgentName, type StoredAgent } from '@pawl/contracts';
import { parse as parseYaml } from 'yaml';
import { z } from 'zod';
import { pathOf } from '../http/parse-input.ts';

const defaultDirectory = 'agents';
const mostFiles = 500;
const mostBytes = 524_288;

/**
 * `AGENTS_DIR` in an environment schema: the directory whose `*.md` are agents, each with front matter in YAML and its
 * instructions behind it. Every problem of every file is named at once. Without the variable `./agents`, if there is one.
 */
export const agentsDirectory = z
  .string()
  .optional()
  .transform((given, context): FileAgent[] => {
    const directory = given ?? defaultDirectory;
    if (given === undefined && !existsSync(directory)) return [];
    const { agents, problems } = readAgentFiles(directory);
    if (problems.length > 0) {
      context.addIssue({ code: 'custom', message: [directory, ...problems].join('\n    ') });
    }
    return agents;
  })
  .describe('See docs/agents.md.');

/** An agent as its file says it. Its version is a digest of what it says. */
export type FileAgent = Pick<StoredAgent, 'name' | 'version' | 'definition'>;

export interface AgentFiles {
  readonly agents: FileAgent[];
  /** Each with the file and the field that it is about. */
  readonly problems: string[];
}

/** Reads all agents of a directory. */
export function readAgentFiles(directory: string): AgentFiles {
  let names: string[];
  try {
    names = readdirSync(directory)
      .filter((name) => name.endsWith('.md') && name.toLowerCase() !== 'readme.md')
      .toSorted();
  } catch (error) {
    return { agents: [], problems: [`cannot be read: ${firstLine(error)}`] };
  }
  if (names.length > mostFiles) {
    return { agents: [], problems: [`has more than ${mostFiles} files`] };
  }
  const read = names.map((file) => {
    const result = readAgentFile(join(directory, file));
    return 'agent' in result
      ? { agents: [result.agent], problems: [] }
      : { agents: [], problems: result.problems.map((problem) => `${file}: ${problem}`) };
  });
  return {
    agents: read.flatMap(({ agents }) => agents),
    problems: read.flatMap(({ problems }) => problems),
  };
}

type ReadAgent = { readonly agent: FileAgent } | { readonly problems: readonly string[] };

function readAgentFile(path: string): ReadAgent {
  const name = basename(path, '.md');
  if (!AgentName.safeParse(name).success) {
    return { problems: ['its name must be letters a-z, digits, _ and -, such as triage.md'] };
  }
  let text: string;
  try {
    if (statSync(path).size > mostBytes) return { problems: [`has more than ${mostBytes} bytes`] };
    text = readFileSync(path, 'utf8');
  } catch (error) {
    return { problems: [`cannot be read: ${firstLine(error)}`] };
  }
  return parseAgentFile(name, text);
}

/** Front matter in YAML between two lines `---`, then the instructions. */
export function parseAgentFile(name: string, text: string): ReadAgent {
  const parts = /^\uFEFF?---\r?\n(.*?)^---[ \t]*(?:\r?\n|$)(.*)$/ms.exec(text);
  if (parts === null) {
    return { problems: ['must begin with front matter: YAML between two lines that are ---'] };
  }
  const [, matter = '', rest = ''] = parts;
  let fields: unknown;
  try {
    fields = parseYaml(matter, { maxAliasCount: 100 }) ?? {};
  } catch (error) {
    return { problems: [`its front matter is not YAML: ${firstLine(error)}`] };
  }
  const parsed = FrontMatter(name).safeParse(fields, { reportInput: true });
  if (!parsed.success) return { problems: parsed.error.issues.flatMap(describeIssue) };
  const { name: _name, ...given } = parsed.data;
  const instructions = rest.trim();
  const definition = AgentDefinition.safeParse({
    ...given,
    ...(instructions !== '' && { instructions }),
  });
  if (!definition.success) return { problems: definition.error.issues.flatMap(describeIssue) };
  const digest = createHash('sha256').update(JSON.stringify(definition.data)).digest('hex');
  return { agent: { name, version: digest.slice(0, 12), definition: definition.data } };
}

/** The file's own name is the agent's, and the instructions follow. */
function FrontMatter(name: string) {
  return AgentDefinition.omit({ instructions: true }).extend({
    name: z.literal(name, `must be ${name}, as the file is called`).optional(),
  });
}

function describeIssue(issue: z.core.$ZodIssue): string[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => `${pathOf([...issue.path, key])} is not a known field`);
  }
  return [`${pathOf(issue.path)} ${issue.message}`.trim()];
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n', 1)[0] ?? '';
}
