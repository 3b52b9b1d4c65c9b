/** What ioredis says when a command could not reach Redis, or its answer did not come. */
const messages =
  /^(Connection is closed|Stream isn't writeable|Command timed out|Cluster isn't ready|Cluster is disconnect|None of startup nodes|Node is disconnected|Too many Cluster redirections|connect ETIMEDOUT|Socket timeout|Socket closed unexpectedly|Command aborted)/;

/** Redis answers, but can't serve now: it loads, fails over, or may not write. */
const replies = /^(LOADING|READONLY|MASTERDOWN|CLUSTERDOWN|TRYAGAIN|NOREPLICAS|MISCONF|OOM)\b/;

const names = new Set(['MaxRetriesPerRequestError', 'ClusterAllFailedError']);

const codes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
]);

/** Whether an error of the store means "Redis is away": the same request may succeed later. */
export function isStorageAway(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (names.has(error.name) || messages.test(error.message) || replies.test(error.message)) {
    return true;
  }
  return 'code' in error && typeof error.code === 'string' && codes.has(error.code);
}
