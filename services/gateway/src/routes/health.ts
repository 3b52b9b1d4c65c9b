import type { RequestHandler } from 'express';
import type { Gateway } from '../gateway.ts';
import { retryAfter } from '../http/problem.ts';

/** `GET /healthz`: the process answers. */
export const health: RequestHandler = (_request, response) => {
  response.json({ status: 'ok' });
};

/** `GET /readyz`: 200 when jobs are accepted and worked on, else 503 with what stands against it. */
export function readiness(gateway: Gateway): RequestHandler {
  return async (_request, response) => {
    const problems = await problemsOf(gateway);
    response.set('Cache-Control', 'no-store');
    if (problems.length === 0) {
      response.json({ status: 'ready', problems });
      return;
    }
    response.status(503).set('Retry-After', retryAfter).json({ status: 'not_ready', problems });
  };
}

async function problemsOf({ engine, checkStorage, closing }: Gateway): Promise<readonly string[]> {
  if (closing.aborted) return ['The gateway is shutting down.'];
  const storage = await checkStorage();
  if (storage.length > 0) return storage;
  try {
    const workers = await engine.store.seenWorkers(engine.now());
    return workers > 0 ? [] : ['No worker has been seen lately: start one (npm run worker).'];
  } catch {
    return ['Redis does not answer.'];
  }
}
