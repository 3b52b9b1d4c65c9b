/**
 * The replies by which Redis says that it does not take a command now, by their first word, and when it takes it again.
 * A command that is refused so has changed nothing, and neither has a script: Redis refuses its first write. The table
 * is closed: any other error reply is a defect of the command, and repeating it heals nothing.
 */
export const refusals = {
  OOM: 'once memory is freed, or maxmemory is raised',
  MISCONF: 'once it can write to its disk again',
  READONLY: 'once the connection leads to a primary again',
  NOREPLICAS: 'once enough replicas are connected',
  LOADING: 'once its data is loaded',
  BUSY: 'once a script that runs for long has ended, or is killed',
  MASTERDOWN: 'once the replica has found its primary',
  CLUSTERDOWN: 'once every slot of the cluster has a primary',
  TRYAGAIN: 'once a slot of the cluster has moved',
  UNBLOCKED: 'once a failover has ended',
  NOAUTH: 'once the connection is allowed to work',
  WRONGPASS: 'once the password is accepted again',
  NOPERM: 'once the user is allowed the command again',
} as const satisfies Record<string, string>;

const codes = Object.keys(refusals).join('|');

/** A reply of Redis itself, or what Redis up to 6.2 makes of one within a script. */
const refusal = new RegExp(
  `^(?:(?:${codes})\\b|ERR Error running script .*-(?:${codes})\\b|ERR max number of clients reached)`,
);

/** What a transaction says whose commands were refused one by one. */
const discarded = /^EXECABORT\b/;

/** Why Redis takes no commands, or no writes, and what to do: by the first word of its reply. */
const causes: Readonly<Record<keyof typeof refusals, string>> = {
  OOM: 'Redis takes no writes, since its memory is full: raise maxmemory, or erase jobs.',
  MISCONF:
    'Redis takes no writes, since it cannot write to its disk: free disk space, or look into its log.',
  READONLY: 'Redis is a read-only replica: connect to the primary.',
  NOREPLICAS:
    'Redis takes no writes, since fewer replicas are connected than min-replicas-to-write asks for: bring them back.',
  LOADING: 'Redis loads its data: wait until it has.',
  BUSY: 'Redis runs a script that does not end: SCRIPT KILL ends it.',
  MASTERDOWN: 'Redis is a replica that has lost its primary: connect to the primary.',
  CLUSTERDOWN: 'The Redis Cluster has slots without a primary: look at CLUSTER INFO.',
  TRYAGAIN: 'A slot of the Redis Cluster moves.',
  UNBLOCKED: 'Redis has become a replica: a failover is under way.',
  NOAUTH: 'Redis asks for a password: REDIS_URL has none.',
  WRONGPASS: 'Redis does not accept the user or the password in REDIS_URL.',
  NOPERM: 'The user of Redis lacks rights: docs/redis.md lists those that Pawl needs.',
};

/** Says of an error what keeps Redis from working, as a sentence with what to do. */
export function causeOf(error: unknown): string {
  const message = error instanceof Error ? error.message : 'no reason';
  const code = new RegExp(`(?:^|-)(${codes})\\b`).exec(message)?.[1];
  if (code !== undefined) return causes[code as keyof typeof refusals];
  if (message.startsWith('ERR max number of clients')) {
    return 'Redis takes no more connections: raise maxclients.';
  }
  return `Redis does not answer: ${message}${/[.!?]$/.test(message) ? '' : '.'}`;
}

/** What ioredis says when a command could not reach Redis, or its answer did not come. */
const unanswered =
  /^(Connection is closed|Stream isn't writeable|Command timed out|Cluster isn't ready|Cluster is disconnect|None of startup nodes|Node is disconnected|Too many Cluster redirections|connect ETIMEDOUT|Socket timeout|Socket closed unexpectedly|Command aborted)/;

const names = new Set(['MaxRetriesPerRequestError', 'ClusterAllFailedError']);

const socketCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
]);

/** Whether Redis has answered that it does not take the command now: nothing was done. See {@link refusals}. */
export function isRefusedForNow(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (refusal.test(error.message)) return true;
  if (!discarded.test(error.message)) return false;
  const { previousErrors } = error as { readonly previousErrors?: unknown };
  return Array.isArray(previousErrors)
    ? previousErrors.some(isRefusedForNow)
    : new RegExp(`\\b(?:${codes})\\b`).test(error.message.slice('EXECABORT'.length));
}

/**
 * Whether an error means "Redis can't be used now": it refuses the command, it can't be reached, or its answer did not
 * come, and then what became of the command is not known.
 */
export function isRedisUnavailable(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (isRefusedForNow(error) || names.has(error.name) || unanswered.test(error.message)) {
    return true;
  }
  return 'code' in error && typeof error.code === 'string' && socketCodes.has(error.code);
}
