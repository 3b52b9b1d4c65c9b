import { causeOf } from '@pawl/runtime';
import type { RequestHandler } from 'express';
import type { Gateway } from '../gateway.ts';
import { retryAfter } from '../http/problem.ts';

/** `GET /healthz`: the process answers. */
export const health: RequestHandler = (_request, response) => {
  response.json({ status: 'ok' });
};

/**
 * `GET /readyz`: 200 when jobs are accepted and worked on, else 503 with what stands against it. `degraded` is 200 too:
 * requests are answered, but something is as it should not be, or some shards are away.
 */
export function readiness(gateway: Gateway): RequestHandler {
  return async (_request, response) => {
    const { isReady, problems } = await look(gateway);
    response.set('Cache-Control', 'no-store');
    if (isReady) {
      response.json({ status: problems.length === 0 ? 'ready' : 'degraded', problems });
      return;
    }
    response.status(503).set('Retry-After', retryAfter).json({ status: 'not_ready', problems });
  };
}

interface Readiness {
  readonly isReady: boolean;
  readonly problems: readonly string[];
}

const notReady = (problems: readonly string[]): Readiness => ({ isReady: false, problems });

/** Whether jobs are accepted and worked on, and what stands against it. */
export async function look({ engine, checkServer, closing }: Gateway): Promise<Readiness> {
  if (closing.aborted) return notReady(['The gateway is shutting down.']);
  const { store, now } = engine;
  const [storage, server] = await Promise.all([store.checkStorage(), checkServer()]);
  const { works, warnings } = storage;
  if (!works) return notReady([...new Set([...storage.problems, ...server.problems])]);
  if (server.problems.length > 0 && storage.problems.length === 0) return notReady(server.problems);
  const problems = [
    ...storage.problems,
    ...warnings,
    ...server.warnings,
    ...(await archiveProblems(store)),
  ];
  try {
    if ((await store.seenWorkers(now())) === 0) {
      return notReady(['No worker has been seen lately: start one (npm run worker).', ...problems]);
    }
  } catch (error) {
    // Where workers are counted is one shard: with others alive, requests go on.
    if (storage.problems.length === 0) return notReady([causeOf(error)]);
  }
  return { isReady: true, problems };
}

/** Where a worker has found that ended jobs cannot be archived. */
async function archiveProblems({
  archiveProblem,
}: Gateway['engine']['store']): Promise<readonly string[]> {
  const problem = await archiveProblem().catch(() => undefined);
  return problem === undefined ? [] : [`No ended job is erased, and Redis grows: ${problem}`];
}
