import type { HealthResource } from '@pawl/contracts';
import { instant } from '@pawl/engine';
import { ageOf } from '@pawl/telemetry';
import type { Gateway } from '../gateway.ts';
import type { TenantHandler } from '../http/authenticate.ts';
import { withoutInput } from '../http/mount.ts';
import { look } from './health.ts';

/** `GET /v1/health`: how the whole installation stands. */
export function readHealth(gateway: Gateway): TenantHandler {
  const { store, now } = gateway.engine;
  return withoutInput(async (_request, response) => {
    const at = now();
    const [{ isReady, problems }, state, swept] = await Promise.all([
      look(gateway),
      gateway.readState(at),
      store.readSwept(),
    ]);
    const [first] = state.nodes;
    const health: HealthResource = {
      object: 'health',
      status: isReady ? (problems.length === 0 ? 'ready' : 'degraded') : 'not_ready',
      problems: [...problems],
      workers: state.workers.map(({ id, at: seenAt }) => ({ id, seen_at: instant(seenAt) })),
      shards: store.shards,
      queues: state.queues.map(({ queue, oldest, ...tasks }) => ({
        name: queue,
        ...tasks,
        oldest_task_age_seconds: ageOf(oldest, at),
      })),
      jobs: { by_status: { ...state.jobs.byStatus }, waiting: { ...state.jobs.byCause } },
      redis: {
        version: first?.version ?? '',
        maxmemory_policy: first?.policy ?? '',
        nodes: state.nodes.map(({ node, used, limit }) => ({
          node,
          memory_used_bytes: used,
          memory_limit_bytes: limit === 0 ? null : limit,
        })),
      },
      sweeper: {
        overdue_seconds: Object.fromEntries(
          Object.entries(state.due).map(([kind, since]) => [kind, ageOf(since, at)]),
        ),
        handled: swept.map(({ part, count, at: lastAt }) => ({
          part,
          count,
          last_at: instant(lastAt),
        })),
      },
      quarantined_records: state.quarantined,
    };
    response.json(health);
  });
}
