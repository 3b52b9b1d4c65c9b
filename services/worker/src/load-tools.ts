import type { AdmittedRequest, JobState } from '@pawl/contracts';
import { nameTools, type LookupFailure, type OfferedTool } from '@pawl/engine';
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
  { tools }: Pick<WorkerDependencies, 'tools'>,
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
  return { kind: 'loaded', tools: nameTools(all) };
}
