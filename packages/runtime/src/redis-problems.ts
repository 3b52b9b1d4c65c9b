import { Cluster } from 'ioredis';
import type { RedisConnection } from './connect-redis.ts';

const oldestVersion = [6, 2] as const;

/**
 * What stands against keeping Pawl's state in a server, read from its `INFO` reply, as sentences
 * that say what to do. Empty if nothing does.
 */
export function redisProblems(info: string): string[] {
  const fields = new Map(
    info
      .split(/\r?\n/)
      .filter((line) => line.includes(':'))
      .map((line) => {
        const colon = line.indexOf(':');
        return [line.slice(0, colon), line.slice(colon + 1)];
      }),
  );
  return [
    versionProblem(fields.get('redis_version')),
    policyProblem(fields.get('maxmemory_policy')),
    roleProblem(fields.get('role')),
    memoryProblem(Number(fields.get('used_memory')), Number(fields.get('maxmemory'))),
  ].filter((problem) => problem !== undefined);
}

function versionProblem(version: string | undefined): string | undefined {
  const required = oldestVersion.join('.');
  if (version === undefined) return `Redis does not tell its version; ${required} is needed.`;
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const isRecent =
    major > oldestVersion[0] || (major === oldestVersion[0] && minor >= oldestVersion[1]);
  return isRecent ? undefined : `Redis is ${version}; install ${required} or later.`;
}

function policyProblem(policy: string | undefined): string | undefined {
  if (policy === 'noeviction') return undefined;
  const remedy =
    'set maxmemory-policy to noeviction in redis.conf or in the provider’s settings, since any ' +
    'other policy may delete jobs when memory runs short.';
  if (policy === undefined) return `Redis does not tell its maxmemory-policy: ${remedy}`;
  return `Redis has maxmemory-policy ${policy}: ${remedy}`;
}

function roleProblem(role: string | undefined): string | undefined {
  if (role === undefined || role === 'master') return undefined;
  return 'Redis is a read-only replica: connect to the primary.';
}

function memoryProblem(used: number, most: number): string | undefined {
  if (!(most > 0) || !(used > most)) return undefined;
  return `Redis uses ${used} bytes of memory and has maxmemory ${most}: it takes no writes. Raise it, or free memory.`;
}

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
