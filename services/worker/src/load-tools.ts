import type { AdmittedRequest, JobState } from '@pawl/contracts';
import { nameTools, type LookupFailure, type OfferedTool, type Tool } from '@pawl/engine';
import type { WorkerDependencies } from './worker.ts';

export type LoadedTools =
  | { readonly kind: 'loaded'; readonly tools: OfferedTool[] }
  | { readonly kind: 'account_inactive'; readonly connection: string }
  | LookupFailure;

/**
 * The tools of all of a job's connections. Listed one connection at a time, since the answer does not say which
 * connection a tool came from.
 */
export async function loadTools(
  { tools, log }: Pick<WorkerDependencies, 'tools' | 'log'>,
  { tenant, user }: JobState,
  { connections }: AdmittedRequest,
): Promise<LoadedTools> {
  const lists = await Promise.all(
    connections.map(async (connection) => {
      const account = { tenant, user, connection };
      const active = await tools.isAccountActive(account, { fresh: false });
      if (active.kind !== 'found') return active;
      if (!active.value) return { kind: 'account_inactive', connection } as const;
      return tools.listTools(account);
    }),
  );
  const failed = lists.find((list) => list.kind === 'fatal' || list.kind === 'transient');
  if (failed !== undefined) return failed;
  const inactive = lists.find((list) => list.kind === 'account_inactive');
  if (inactive !== undefined) return inactive;
  const all = lists.flatMap((list) => (list.kind === 'found' ? list.value : []));
  const named = nameTools(all);
  const news = named.leftOut.filter((tool) => !reported.has(tool));
  for (const tool of news) {
    reported.add(tool);
    const { name, connection } = tool;
    log.warn(
      { tool: name, connection },
      'tool left out: its schema is not one of an object, or too large',
    );
  }
  return { kind: 'loaded', tools: named.tools };
}

/** Lists of tools are cached: each of them is complained about once. */
const reported = new WeakSet<Tool>();
