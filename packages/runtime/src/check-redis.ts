import { Cluster } from 'ioredis';
import type { RedisConnection } from './connect-redis.ts';
import { redisProblems } from './redis-problems.ts';

/**
 * Asks Redis whether it can hold Pawl's state: it answers within `timeoutMilliseconds`, its version
 * is at least 6.2, it evicts nothing, it can be written to. In a cluster every primary is asked.
 * `INFO` tells all of it, so this works where `CONFIG` is forbidden.
 *
 * @returns the problems as sentences; empty when Redis is ready for use. Never throws.
 */
export async function checkRedis(
  redis: RedisConnection,
  timeoutMilliseconds = 2_000,
): Promise<string[]> {
  const nodes = redis instanceof Cluster ? redis.nodes('master') : [redis];
  if (nodes.length === 0) return ['Redis does not answer: no node of the cluster is known.'];
  const findings = await Promise.all(
    nodes.map(async (node) => {
      try {
        return redisProblems(await withTimeout(node.info(), timeoutMilliseconds));
      } catch (error) {
        return [`Redis does not answer: ${error instanceof Error ? error.message : 'no reason'}.`];
      }
    }),
  );
  return [...new Set(findings.flat())];
}

async function withTimeout<T>(answer: Promise<T>, milliseconds: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`no reply within ${milliseconds} ms`)), milliseconds);
  });
  try {
    return await Promise.race([answer, timeout]);
  } finally {
    clearTimeout(timer);
    // A late refusal must not count as unhandled.
    answer.catch(() => undefined);
  }
}
