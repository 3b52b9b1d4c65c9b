import { readFileSync, statSync } from 'node:fs';
import { parse as parseYaml } from 'yaml';
import { z } from 'zod';
import { SourcesFile } from './source-settings.ts';

type Environment = Readonly<Record<string, string | undefined>>;

const mostBytes = 4_194_304;

/**
 * `TOOL_SOURCES` in an environment schema: the path of a file with the operator's sources, in JSON or YAML. The file is
 * read, and `${VARIABLE}` in its texts stands for a variable of the environment. Every problem is named at once, with
 * its path in the file and without any value.
 */
export function toolSourcesVariable(environment: Environment) {
  return z
    .string()
    .transform((path, context): SourcesFile => {
      const read = readSources(path, environment);
      if ('sources' in read) return read;
      context.addIssue({ code: 'custom', message: [path, ...read.problems].join('\n    ') });
      return z.NEVER;
    })
    .optional()
    .describe('See docs/tools.md.');
}

export type ReadSources = SourcesFile | { readonly problems: readonly string[] };

export function readSources(path: string, environment: Environment): ReadSources {
  let content: unknown;
  try {
    if (statSync(path).size > mostBytes) return { problems: [`has more than ${mostBytes} bytes`] };
    // JSON is YAML, too.
    content = parseYaml(readFileSync(path, 'utf8'), { maxAliasCount: 100 });
  } catch (error) {
    return { problems: [error instanceof Error ? firstLine(error.message) : 'cannot be read'] };
  }
  const missing: Missing[] = [];
  const filled = fillVariables(content, { environment, path: '', missing });
  const parsed = SourcesFile.safeParse(filled, { reportInput: true });
  const issues = parsed.success ? [] : parsed.error.issues;
  const all = [
    ...missing.map(({ path: place, variable }) => `${place}: the variable ${variable} is not set`),
    // What a missing variable has left of a text is not worth a second complaint.
    ...issues
      .filter((issue) => !missing.some(({ path: place }) => place === pathOf(issue.path)))
      .flatMap(describeIssue),
  ];
  return parsed.success && all.length === 0 ? parsed.data : { problems: [...new Set(all)] };
}

interface Missing {
  readonly path: string;
  readonly variable: string;
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? '';
}

interface Filling {
  readonly environment: Environment;
  readonly path: string;
  /** What is missing is added here. */
  readonly missing: Missing[];
}

function fillVariables(value: unknown, filling: Filling): unknown {
  const { environment, path, missing } = filling;
  if (typeof value === 'string') {
    return value.replaceAll(/\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g, (_whole, name: string) => {
      const given = environment[name]?.trim() ?? '';
      if (given === '') missing.push({ path, variable: name });
      return given;
    });
  }
  if (Array.isArray(value)) {
    return value.map((each, index) =>
      fillVariables(each, { ...filling, path: `${path}[${index}]` }),
    );
  }
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => [
      name,
      fillVariables(each, { ...filling, path: path === '' ? name : `${path}.${name}` }),
    ]),
  );
}

function describeIssue(issue: z.core.$ZodIssue): string[] {
  const path = pathOf(issue.path);
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => `${pathOf([...issue.path, key])}: is not a known field`);
  }
  if (issue.code === 'invalid_key')
    return [`${path}: ${issue.issues[0]?.message ?? 'is no usable name'}`];
  if (issue.code === 'invalid_union' && issue.discriminator !== undefined) {
    return [`${path}: must be mcp or functions`];
  }
  if (issue.code === 'invalid_value') return [`${path}: must be one of ${issue.values.join(', ')}`];
  if (issue.input === undefined) return [`${path}: is required`];
  return [`${path}: ${issue.message}`];
}

function pathOf(path: readonly PropertyKey[]): string {
  return path.reduce<string>(
    (text, part) =>
      typeof part === 'number'
        ? `${text}[${part}]`
        : text === ''
          ? String(part)
          : `${text}.${String(part)}`,
    '',
  );
}
