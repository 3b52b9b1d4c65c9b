import { setTimeout } from 'node:timers/promises';
import type { JobRequest, Warning } from '@pawl/contracts';
import { isAllowed, type JobParts } from '@pawl/engine';
import type { Gateway } from '../gateway.ts';

/** The longest that a client waits for warnings, in milliseconds. */
const patience = 1_000;

/**
 * What a client may have misspelled: patterns for tools that match none of the job's. Nothing, where the tools cannot be
 * listed now: the job is accepted either way.
 */
export async function patternWarnings(
  gateway: Gateway,
  { tools = {} }: JobRequest,
  { job, request }: JobParts,
): Promise<Warning[]> {
  const given = (['allow', 'deny', 'approve'] as const).flatMap((field) => {
    const patterns = tools[field];
    return Array.isArray(patterns)
      ? patterns.map((pattern, index) => ({ path: `tools.${field}[${index}]`, pattern }))
      : [];
  });
  if (given.length === 0) return [];
  const names = await Promise.race([
    toolNames(gateway, job, request.connections),
    setTimeout(patience, undefined, { ref: false }),
  ]);
  if (names === undefined) return [];
  return given
    .filter(({ pattern }) => !names.some((name) => isAllowed({ allow: [pattern] }, name)))
    .map(({ path, pattern }) => ({
      path,
      message: `${pattern} matches no tool of the connections ${request.connections.join(', ')}`,
    }));
}

/** Undefined where a connection does not say what its tools are. */
async function toolNames(
  { tools }: Gateway,
  { tenant, user }: JobParts['job'],
  connections: readonly string[],
): Promise<string[] | undefined> {
  const lists = await Promise.all(
    connections.map((connection) => tools.listTools({ tenant, user, connection })),
  );
  const names: string[] = [];
  for (const list of lists) {
    if (list.kind !== 'found') return undefined;
    names.push(...list.value.map(({ name }) => name));
  }
  return names;
}
