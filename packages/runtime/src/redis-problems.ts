import { Cluster, type Redis } from 'ioredis';
import type { RedisConnection } from './connect-redis.ts';
import { causeOf } from './redis-unavailable.ts';

const oldestVersion = [6, 2] as const;

/**
 * What stands against keeping Pawl's state in a server, read from its `INFO` reply, as sentences
 * that say what to do. Empty if nothing does.
 */
export function redisProblems(info: string): string[] {
  const fields = fieldsOf(info);
  return [
    versionProblem(fields.get('redis_version')),
    policyProblem(fields.get('maxmemory_policy')),
    roleProblem(fields.get('role')),
    memoryProblem(Number(fields.get('used_memory')), Number(fields.get('maxmemory'))),
  ].filter((problem) => problem !== undefined);
}

function fieldsOf(info: string): Map<string | undefined, string> {
  return new Map(
    info
      .split(/\r?\n/)
      .filter((line) => line.includes(':'))
      .map((line) => {
        const colon = line.indexOf(':');
        return [line.slice(0, colon), line.slice(colon + 1)];
      }),
  );
}

/** What a server says of how it keeps what it has taken. */
export interface ServerDurability {
  readonly info: string;
  /** Undefined: it does not tell. */
  readonly appendfsync: string | undefined;
  readonly minReplicasToWrite: number | undefined;
}

/**
 * What stands against the durable profile, as sentences that say what to do: with it, nothing that was accepted is lost,
 * and no writing call is repeated, by a crash of Redis or a failover.
 */
export function durabilityWarnings({
  info,
  appendfsync,
  minReplicasToWrite,
}: ServerDurability): string[] {
  const fields = fieldsOf(info);
  const warnings: string[] = [];
  const replicas = Number(fields.get('connected_slaves') ?? 0);
  if (fields.get('aof_enabled') === '0') {
    warnings.push(
      'Redis keeps no append-only file, so a crash of it loses jobs: set appendonly to yes.',
    );
  } else if (replicas === 0 && appendfsync !== undefined && appendfsync !== 'always') {
    warnings.push(
      `Redis has appendfsync ${appendfsync} and no replica, so a crash of it loses its last second, and a tool that writes may be called again: set appendfsync to always, or add a replica.`,
    );
  }
  if (replicas > 0 && minReplicasToWrite === 0) {
    warnings.push(
      'Redis has replicas and min-replicas-to-write 0, so a failover loses what the old primary took meanwhile: set min-replicas-to-write to 1.',
    );
  }
  return warnings;
}

export function versionProblem(version: string | undefined): string | undefined {
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

/** What the servers of Redis say of themselves. */
export interface RedisFindings {
  /** What stands against using it, as sentences; empty when it is ready for use. */
  readonly problems: readonly string[];
  /** What should be otherwise under the durable profile. */
  readonly warnings: readonly string[];
}

/** How much has to survive: see docs/redis.md. */
export const durabilities = ['standard', 'durable'] as const;
export type Durability = (typeof durabilities)[number];

interface CheckSettings {
  readonly durability?: Durability;
  readonly timeoutMilliseconds?: number;
}

/**
 * Asks Redis whether it can hold Pawl's state: it answers within `timeoutMilliseconds`, its version
 * is at least 6.2, it evicts nothing, it can be written to. In a cluster every primary is asked, and those that do not
 * answer are passed over while others do. `INFO` tells all of it, so this works where `CONFIG` is forbidden. Never
 * throws.
 */
export async function checkRedis(
  redis: RedisConnection,
  { durability = 'standard', timeoutMilliseconds = 2_000 }: CheckSettings = {},
): Promise<RedisFindings> {
  const nodes = redis instanceof Cluster ? redis.nodes('master') : [redis];
  if (nodes.length === 0) {
    return { problems: ['Redis does not answer: no node of the cluster is known.'], warnings: [] };
  }
  const findings = await Promise.all(
    nodes.map(async (node) => {
      try {
        const info = await withTimeout(node.info(), timeoutMilliseconds);
        const warnings = durability === 'durable' ? await warningsOf(node, info) : [];
        return { answers: true, problems: redisProblems(info), warnings };
      } catch (error) {
        return { answers: false, problems: [causeOf(error)], warnings: [] };
      }
    }),
  );
  const someAnswer = findings.some(({ answers }) => answers);
  const heard = findings.filter(({ answers }) => answers || !someAnswer);
  return {
    problems: [...new Set(heard.flatMap(({ problems }) => problems))],
    warnings: [...new Set(heard.flatMap(({ warnings }) => warnings))],
  };
}

async function warningsOf(node: Redis, info: string): Promise<string[]> {
  const setting = async (name: string): Promise<string | undefined> => {
    // Many providers forbid CONFIG.
    const answer: unknown = await node.config('GET', name).catch(() => undefined);
    return Array.isArray(answer) && typeof answer[1] === 'string' ? answer[1] : undefined;
  };
  const [appendfsync, least] = await Promise.all([
    setting('appendfsync'),
    setting('min-replicas-to-write'),
  ]);
  const minReplicasToWrite = least === undefined ? undefined : Number(least);
  return durabilityWarnings({ info, appendfsync, minReplicasToWrite });
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
